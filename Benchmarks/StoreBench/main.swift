import Glibc
import Store

// Measurements of the store alone. usage: store-bench DIRECTORY [WORK ...]; no work named: all of them.
let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
    print("usage: store-bench DIRECTORY [\(StoreBench.works.map(\.name).joined(separator: "|")) ...]")
    exit(64)
}
let chosen = Set(arguments.dropFirst(2))
for work in StoreBench.works where chosen.isEmpty || chosen.contains(work.name) {
    print("== \(work.name)")
    fflush(nil)
    try work.run(arguments[1])
}
