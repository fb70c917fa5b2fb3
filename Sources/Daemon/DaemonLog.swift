import Glibc

/// Lines on standard error: with priorities for the journal, with the time for everybody else.
struct DaemonLog: Sendable {
    private let level: Settings.LogLevel
    private let isJournal: Bool

    init(level: Settings.LogLevel) {
        self.level = level
        isJournal = EnvironmentVariables.value("JOURNAL_STREAM") != nil
    }

    func debug(_ text: String) { write(text, .debug) }
    func info(_ text: String) { write(text, .info) }
    func warning(_ text: String) { write(text, .warning) }
    func error(_ text: String) { write(text, .error) }

    private func write(_ text: String, _ line: Settings.LogLevel) {
        guard line >= level else { return }
        let prefix = isJournal ? "<\(Self.priority(line))>" : "\(Self.now()) \(line.rawValue) "
        let bytes = Array((prefix + text.split(separator: "\n").joined(separator: " | ") + "\n").utf8)
        _ = Glibc.write(2, bytes, bytes.count)
    }

    /// As syslog(3).
    private static func priority(_ level: Settings.LogLevel) -> Int {
        switch level {
        case .debug: 7
        case .info: 6
        case .warning: 4
        case .error: 3
        }
    }

    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let millis = String(time.tv_nsec / 1_000_000 + 1000).dropFirst()
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) + ".\(millis)Z"
    }
}
