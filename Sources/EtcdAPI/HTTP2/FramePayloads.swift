internal import NIOCore

/// The parts of payloads that have a form of their own. What breaks RFC 9113 (section 6) ends the connection.
extension Frame {
    /// Takes the padding away. Returns how long the payload was with it: all of it counts for flow control.
    mutating func removePadding() throws(ConnectionError) -> Int {
        let whole = payload.readableBytes
        guard has(Flags.padded) else { return whole }
        guard let padding = payload.readInteger(as: UInt8.self), Int(padding) <= payload.readableBytes else {
            throw ConnectionError(.protocolError, "padding longer than its frame")
        }
        payload.moveWriterIndex(to: payload.writerIndex - Int(padding))
        return whole
    }

    mutating func removePriority() throws(ConnectionError) {
        guard has(Flags.priority) else { return }
        guard payload.readableBytes >= 5 else { throw ConnectionError(.frameSizeError, "HEADERS without a priority") }
        payload.moveReaderIndex(forwardBy: 5)
    }

    func demand(length: Int) throws(ConnectionError) {
        guard payload.readableBytes == length else {
            throw ConnectionError(.frameSizeError, "a frame of kind \(kind) with \(payload.readableBytes) bytes")
        }
    }

    func demandStream() throws(ConnectionError) {
        guard stream != 0 else { throw ConnectionError(.protocolError, "a frame of kind \(kind) on the connection") }
    }

    func demandConnection() throws(ConnectionError) {
        guard stream == 0 else { throw ConnectionError(.protocolError, "a frame of kind \(kind) on a stream") }
    }

    /// Of WINDOW_UPDATE. 0 is an error, of the connection or of the stream.
    var increment: Int { Int((payload.getInteger(at: payload.readerIndex, as: UInt32.self) ?? 0) & 0x7fff_ffff) }
}

/// What the client has said about itself.
struct PeerSettings {
    static let windowLimit = Int(Int32.max)
    static let defaultWindow = 65_535

    /// Of a new stream.
    private(set) var initialWindow = defaultWindow
    private(set) var largestPayload = 16_384
    /// Bytes that the client keeps of our header fields.
    private(set) var headerTable = 4096

    mutating func read(_ payload: ByteBuffer) throws(ConnectionError) {
        var rest = payload
        guard rest.readableBytes % 6 == 0 else {
            throw ConnectionError(.frameSizeError, "SETTINGS of \(rest.readableBytes) bytes")
        }
        while let name = rest.readInteger(as: UInt16.self), let value = rest.readInteger(as: UInt32.self) {
            try set(name, Int(value))
        }
    }

    private mutating func set(_ name: UInt16, _ value: Int) throws(ConnectionError) {
        switch name {
        case 1: headerTable = value
        case 2: if value > 1 { throw ConnectionError(.protocolError, "SETTINGS_ENABLE_PUSH of \(value)") }
        case 4:
            guard value <= Self.windowLimit else {
                throw ConnectionError(.flowControlError, "SETTINGS_INITIAL_WINDOW_SIZE of \(value)")
            }
            initialWindow = value
        case 5:
            guard (16_384...16_777_215).contains(value) else {
                throw ConnectionError(.protocolError, "SETTINGS_MAX_FRAME_SIZE of \(value)")
            }
            largestPayload = value
        default: break
        }
    }
}
