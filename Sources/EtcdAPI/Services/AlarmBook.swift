internal import Glibc
internal import NIOConcurrencyHelpers
internal import Store
internal import Synchronization

/// The alarms that somebody has set by hand; they hold until somebody ends them. Shortage of space needs none: the store
/// says so itself, and stops saying so.
///
/// They are in a file of their own, a name a line: an alarm must be possible to set when the store takes no writes.
final class AlarmBook: Sendable {
    /// nil: they end with the process.
    private let path: String?
    /// A bit for each.
    private let bits: Synchronization.Atomic<Int>
    private let changing = NIOLock()

    /// Reads what was set in earlier lives.
    init(path: String?) throws(StoreError) {
        self.path = path
        bits = Synchronization.Atomic(try path.map { path throws(StoreError) in try Self.read(path) } ?? 0)
    }

    /// Every call asks.
    var active: Set<AlarmType> {
        let bits = bits.load(ordering: .acquiring)
        return bits == 0 ? [] : Set(AlarmType.allCases.filter { bits & Self.bit($0) != 0 })
    }

    var isEmpty: Bool { bits.load(ordering: .acquiring) == 0 }

    /// Returns whether that changed anything. Blocks until it is on the disk.
    func activate(_ alarm: AlarmType) throws(StoreError) -> Bool { try change { $0 | Self.bit(alarm) } }
    func deactivate(_ alarm: AlarmType) throws(StoreError) -> Bool { try change { $0 & ~Self.bit(alarm) } }

    private func change(_ body: (Int) -> Int) throws(StoreError) -> Bool {
        changing.lock()
        defer { changing.unlock() }
        let before = bits.load(ordering: .acquiring)
        let after = body(before)
        if after == before { return false }
        if let path { try Self.write(after, path) }
        bits.store(after, ordering: .releasing)
        return true
    }

    private static func bit(_ alarm: AlarmType) -> Int { alarm == .none ? 0 : 1 << Int(alarm.rawValue) }

    // MARK: - The file

    private static func read(_ path: String) throws(StoreError) -> Int {
        guard let file = fopen(path, "re") else {
            if errno == ENOENT { return 0 }
            throw failure("open", path)
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        var bits = 0
        for line in String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n") {
            guard let alarm = AlarmType.allCases.first(where: { $0.wireName == line && $0 != .none }) else {
                throw StoreError(.corrupt, "\(path): \"\(line)\" is not an alarm; remove the file to have none")
            }
            bits |= bit(alarm)
        }
        return bits
    }

    /// Whole or not at all: written beside, synced, renamed, and the directory synced.
    private static func write(_ bits: Int, _ path: String) throws(StoreError) {
        let text = AlarmType.allCases.filter { bits & bit($0) != 0 }.map { $0.wireName + "\n" }.joined()
        let other = path + ".tmp"
        let descriptor = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw failure("open", other) }
        let content = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, content, content.count) == content.count && fsync(descriptor) == 0
        let error = failure("write", other)
        close(descriptor)
        if !isWritten { throw error }
        if rename(other, path) != 0 { throw failure("rename", other) }
        let directory = open(
            String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)), O_RDONLY | O_CLOEXEC)
        if directory < 0 { throw failure("open the directory of", path) }
        defer { close(directory) }
        if fsync(directory) != 0 { throw failure("sync the directory of", path) }
    }

    private static func failure(_ what: String, _ path: String) -> StoreError {
        StoreError(.io, "cannot \(what) \(path): \(String(cString: strerror(errno)))", cause: errno)
    }
}
