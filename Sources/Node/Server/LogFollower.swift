import Glibc

/// Reads a log from some point on, over rotations, and waits for more while its container runs.
struct LogFollower: Sendable {
    enum Start: Sendable, Hashable {
        case beginning
        case end
        /// The last lines.
        case tail(Int)
    }

    var path: String
    var from: Start
    private var pending: [UInt8] = []

    init(path: String, from: Start) {
        self.path = path
        self.from = from
    }

    /// Calls `each` with line after line until it returns false, or the end is reached and `isOver` says that nothing
    /// more will come.
    mutating func run(isOver: @Sendable () -> Bool, _ each: @Sendable (LogReader.Line) async throws -> Bool)
        async throws
    {
        guard var file = try await past(each) else { return }
        defer { close(file) }
        while true {
            // Asked before reading: what was written before the end is then surely read.
            let last = isOver()
            guard try await readOn(file, each) else { return }
            if let next = try rotated(file) {
                guard try await readOn(file, each) else {
                    close(next)
                    return
                }
                close(file)
                file = next
                continue
            }
            if last { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What is there already; the current file, open at the place to go on from. Nil if `each` has had enough.
    private mutating func past(_ each: (LogReader.Line) async throws -> Bool) async throws -> CInt? {
        var lines: [[UInt8]] = []
        var files = LogReader.files(of: path).dropLast().reversed().makeIterator()
        let current = open(path, O_RDONLY | O_CLOEXEC)
        guard current >= 0 else { throw NodeError(.notFound, "there is no log at \(path)") }
        if from == .end {
            lseek(current, 0, SEEK_END)
            return current
        }
        lines = try split(Files.read(current, named: path, limit: 1 << 30), keepRest: true)
        while wanted > lines.count, let older = files.next(), let bytes = try Files.read(older, limit: 1 << 30) {
            lines = split(bytes, keepRest: false) + lines
        }
        for line in lines.suffix(wanted) {
            if let parsed = LogReader.parse(line[...]), try await !each(parsed) {
                close(current)
                return nil
            }
        }
        return current
    }

    private var wanted: Int { if case .tail(let count) = from { max(0, count) } else { .max } }

    /// Complete lines; the rest of the current file waits for its end.
    private mutating func split(_ bytes: [UInt8], keepRest: Bool) -> [[UInt8]] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        let rest = lines.popLast() ?? []
        if keepRest { pending = rest }
        return lines
    }

    private mutating func readOn(_ file: CInt, _ each: (LogReader.Line) async throws -> Bool) async throws -> Bool {
        let more = try Files.read(file, named: path, limit: 1 << 30)
        guard !more.isEmpty else { return true }
        for line in split(pending + more, keepRest: true) {
            guard let parsed = LogReader.parse(line[...]) else { continue }
            guard try await each(parsed) else { return false }
        }
        return true
    }

    /// The new file, if the one that is open has been moved away.
    private func rotated(_ file: CInt) throws(NodeError) -> CInt? {
        var own = stat()
        var now = stat()
        guard fstat(file, &own) == 0, stat(path, &now) == 0, own.st_ino != now.st_ino else { return nil }
        let next = open(path, O_RDONLY | O_CLOEXEC)
        return next >= 0 ? next : nil
    }
}
