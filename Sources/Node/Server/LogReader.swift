/// Reads container logs in the CRI format that the shims write (Sources/CNode/shim_log.c).
enum LogReader {
    struct Line: Hashable {
        var time: Substring
        var isError: Bool
        /// False for a piece whose line goes on.
        var isComplete: Bool
        var text: ArraySlice<UInt8>
    }

    /// "<time> stdout|stderr F|P <text>"; nil for anything else.
    static func parse(_ bytes: ArraySlice<UInt8>) -> Line? {
        let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        return Line(
            time: Substring(decoding: parts[0], as: UTF8.self), isError: parts[1].elementsEqual("stderr".utf8),
            isComplete: parts[2].elementsEqual("F".utf8), text: parts[3])
    }

    /// The rotated files, oldest first, then the current one.
    static func files(of path: String) -> [String] {
        (1...9).reversed().map { "\(path).\($0)" }.filter { Files.exists($0) } + [path]
    }

    /// The text of the last lines, without their times. Blocks.
    static func lastLines(_ count: Int, of path: String) throws(NodeError) -> String {
        let bytes = try Files.read(path, limit: 64 << 20) ?? []
        let lines = bytes.split(separator: UInt8(ascii: "\n")).suffix(count).compactMap { parse($0) }
        return lines.map { String(decoding: $0.text, as: UTF8.self) }.joined(separator: "\n")
    }
}
