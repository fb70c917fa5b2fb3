package import NIOCore

/// Cuts what a client sends into frames, behind the connection's preface. Keeps at most one frame that is not whole.
package struct FrameParser {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// SETTINGS_MAX_FRAME_SIZE: we leave it at its default.
    static let largestPayload = 16_384

    private var buffer = ByteBuffer()
    private var needsPreface = true

    package init() {}

    /// Nothing has come that is not read.
    var isEmpty: Bool { buffer.readableBytes == 0 }

    package mutating func append(_ bytes: inout ByteBuffer) { buffer.append(&bytes) }

    /// The next whole frame; nil if it has not come yet.
    package mutating func next() throws(ConnectionError) -> Frame? {
        if needsPreface, try !readPreface() { return nil }
        guard let (length, kind, flags, stream) = head() else {
            // Whatever is left belongs to nobody: an idle connection keeps no buffer.
            if buffer.readableBytes == 0 { buffer = ByteBuffer() }
            return nil
        }
        guard length <= Self.largestPayload else {
            throw ConnectionError(.frameSizeError, "a frame of \(length) bytes; \(Self.largestPayload) are allowed")
        }
        guard buffer.readableBytes >= Frame.headerLength + length else { return nil }
        buffer.moveReaderIndex(forwardBy: Frame.headerLength)
        guard let payload = buffer.readSlice(length: length) else { return nil }
        return Frame(kind: kind, flags: flags, stream: stream, payload: payload)
    }

    private func head() -> (length: Int, kind: UInt8, flags: UInt8, stream: UInt32)? {
        buffer.withUnsafeReadableBytes { bytes in
            guard bytes.count >= Frame.headerLength else { return nil }
            let length = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
            let stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self)) & 0x7fff_ffff
            return (length, bytes[3], bytes[4], stream)
        }
    }

    private mutating func readPreface() throws(ConnectionError) -> Bool {
        let count = min(buffer.readableBytes, Self.preface.count)
        guard buffer.readableBytesView.prefix(count).elementsEqual(Self.preface.prefix(count)) else {
            throw ConnectionError(.protocolError, "the connection does not begin with HTTP/2's preface")
        }
        guard count == Self.preface.count else { return false }
        buffer.moveReaderIndex(forwardBy: count)
        needsPreface = false
        return true
    }
}
