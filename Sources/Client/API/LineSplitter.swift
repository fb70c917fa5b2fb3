/// Cuts a byte stream into lines without their line feed; empty lines are skipped.
package struct LineSplitter: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    /// Bytes before this were searched already, so that a long line is not searched again with each part of it.
    private var searched = 0
    private let limit: Int

    /// - Parameter limit: bytes a line may have.
    package init(limit: Int) { self.limit = limit }

    package mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer += bytes
    }

    /// The next complete line.
    ///
    /// - Throws: `ClientError` (`tooLarge`) for a line beyond the limit
    package mutating func next() throws -> [UInt8]? {
        while let feed = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = buffer[start..<feed]
            start = feed + 1
            searched = start
            if !line.isEmpty { return Array(line) }
        }
        searched = buffer.count
        guard buffer.count - start <= limit else {
            throw ClientError(.tooLarge, "the server sent a line of more than \(limit) bytes")
        }
        return nil
    }

    /// What is left after the last line feed, at the end of the stream.
    package mutating func rest() -> [UInt8] {
        defer { (buffer, start, searched) = ([], 0, 0) }
        return Array(buffer[start...])
    }
}
