import ArgumentParser

struct FilenameOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: "A manifest: a file (YAML or JSON), a folder of them, or - for the standard input. May be repeated.")
    var filename: [String] = []

    @Flag(name: [.customShort("R"), .long], help: "Read the folders below a folder too.")
    var recursive = false

    func load() throws -> [ManifestObject] {
        guard !filename.isEmpty else {
            throw CommandFailure("error: must specify -f (a file, a folder or - for stdin)")
        }
        return try ManifestLoader.load(
            filename.flatMap { $0.split(separator: ",").map(String.init) }, recursive: recursive)
    }
}
