internal import NIOCore

/// Frames on their way out, one behind the other in one buffer.
struct FrameBuffer {
    private(set) var bytes = ByteBuffer()
    private var fields = AnswerFields()

    /// Larger ones are not kept for the next frames: there may be thousands of connections.
    private static let keptCapacity = 4096

    var count: Int { bytes.readableBytes }

    mutating func frame(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32, length: Int) {
        bytes.writeMultipleIntegers(
            UInt8(truncatingIfNeeded: length >> 16), UInt16(truncatingIfNeeded: length), kind, flags, stream)
    }

    /// A frame whose length is known only when it is written.
    private mutating func frame(
        _ kind: UInt8, flags: UInt8, stream: UInt32, _ body: (inout ByteBuffer, inout AnswerFields) -> Void
    ) {
        let start = bytes.writerIndex
        frame(kind, flags: flags, stream: stream, length: 0)
        body(&bytes, &fields)
        setLength(of: start)
    }

    private mutating func setLength(of start: Int) {
        let length = bytes.writerIndex - start - Frame.headerLength
        bytes.setInteger(UInt8(truncatingIfNeeded: length >> 16), at: start)
        bytes.setInteger(UInt16(truncatingIfNeeded: length), at: start + 1)
    }

    // MARK: Of the connection

    mutating func settings(_ values: [(UInt16, Int)]) {
        frame(Frame.Kind.settings, stream: 0, length: 6 * values.count)
        for (name, value) in values { bytes.writeMultipleIntegers(name, UInt32(value)) }
    }

    mutating func acknowledgeSettings(_ settings: PeerSettings) {
        fields.peerKeeps(settings.headerTable)
        frame(Frame.Kind.settings, flags: Frame.Flags.acknowledge, stream: 0, length: 0)
    }

    mutating func answerPing(_ payload: ByteBuffer) {
        frame(Frame.Kind.ping, flags: Frame.Flags.acknowledge, stream: 0, length: payload.readableBytes)
        bytes.writeImmutableBuffer(payload)
    }

    mutating func windowUpdate(_ stream: UInt32, _ increment: Int) {
        frame(Frame.Kind.windowUpdate, stream: stream, length: 4)
        bytes.writeInteger(UInt32(increment))
    }

    mutating func reset(_ stream: UInt32, _ code: HTTP2Code) {
        frame(Frame.Kind.resetStream, stream: stream, length: 4)
        bytes.writeInteger(code.rawValue)
    }

    mutating func goAway(lastStream: UInt32, _ code: HTTP2Code, _ reason: String) {
        let text = reason.utf8.prefix(256)
        frame(Frame.Kind.goAway, stream: 0, length: 8 + text.count)
        bytes.writeMultipleIntegers(lastStream, code.rawValue)
        bytes.writeBytes(text)
    }

    // MARK: Of a call

    mutating func answerHead(_ stream: UInt32) {
        frame(Frame.Kind.headers, flags: Frame.Flags.endHeaders, stream: stream) { $1.head(to: &$0) }
    }

    mutating func success(_ stream: UInt32) {
        frame(Frame.Kind.headers, flags: Frame.Flags.endHeaders | Frame.Flags.endStream, stream: stream) {
            $1.success(to: &$0)
        }
    }

    mutating func lastFields(_ stream: UInt32, _ list: [(String, String)]) {
        frame(Frame.Kind.headers, flags: Frame.Flags.endHeaders | Frame.Flags.endStream, stream: stream) {
            $1.append(list, to: &$0)
        }
    }

    /// A message as one DATA frame, behind the answer's head if it needs one. Returns the message's bytes instead if
    /// they are more than `room`. If `body` throws, nothing is written.
    mutating func message(
        _ stream: UInt32, needsHead: Bool, room: Int, _ body: (inout ByteBuffer) throws(GRPCStatus) -> Void
    ) throws(GRPCStatus) -> (size: Int, tooLong: ByteBuffer?) {
        let (before, knownFields) = (bytes.writerIndex, fields)
        if needsHead { answerHead(stream) }
        let start = bytes.writerIndex
        frame(Frame.Kind.data, stream: stream, length: 0)
        bytes.writeRepeatingByte(0, count: MessageFramer.prefixLength)
        do throws(GRPCStatus) { try body(&bytes) } catch {
            bytes.moveWriterIndex(to: before)
            fields = knownFields
            throw error
        }
        let first = start + Frame.headerLength
        MessageFramer.seal(&bytes, from: first)
        let size = bytes.writerIndex - first
        if size <= room {
            setLength(of: start)
            return (size, nil)
        }
        let message = bytes.getSlice(at: first, length: size)
        bytes.moveWriterIndex(to: start)
        return (size, message)
    }

    mutating func data(_ stream: UInt32, _ payload: ByteBuffer) {
        frame(Frame.Kind.data, stream: stream, length: payload.readableBytes)
        bytes.writeImmutableBuffer(payload)
    }

    // MARK: To the socket

    /// What is written so far; what follows goes to another buffer.
    mutating func take() -> ByteBuffer {
        defer { bytes = ByteBuffer() }
        return bytes
    }

    /// To be called when the buffer has been handed on: if it has left at once, its memory serves the next frames.
    mutating func clear() {
        if bytes.capacity > Self.keptCapacity { bytes = ByteBuffer() } else { bytes.clear() }
    }
}
