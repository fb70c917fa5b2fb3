package import NIOCore

/// Cuts gRPC's length-prefixed messages out of a stream's bytes
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
package struct MessageFramer {
    /// etcd takes requests of 1.5 MiB and leaves 512 KiB for what is around them.
    static let messageLimit = 2 << 20
    /// A byte that says whether the message is compressed, and four of its length.
    static let prefixLength = 5

    private var buffer = ByteBuffer()
    /// What there is of a message that is not whole.
    package var partialBytes: Int { buffer.readableBytes }

    package init() {}

    package mutating func append(_ bytes: inout ByteBuffer) { buffer.append(&bytes) }

    /// The next whole message; nil if it has not come yet.
    package mutating func next() throws(GRPCStatus) -> ByteBuffer? {
        guard let compressed = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
            let length = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt32.self)
        else {
            // What was read is a piece of the connection's input, which a call that waits must not keep.
            if buffer.readableBytes == 0 { buffer = ByteBuffer() }
            return nil
        }
        guard compressed == 0 else {
            throw GRPCStatus(.unimplemented, "grpc: Decompressor is not installed for grpc-encoding")
        }
        guard length <= Self.messageLimit else {
            throw GRPCStatus(
                .resourceExhausted, "grpc: received message larger than max (\(length) vs. \(Self.messageLimit))")
        }
        guard buffer.readableBytes >= Self.prefixLength + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: Self.prefixLength)
        return buffer.readSlice(length: Int(length))
    }

    /// As `ByteBuffer.detach`, of what is kept.
    mutating func detach() { buffer.detach() }

    /// Fills in the prefix of the message that ends the buffer, written behind room for it.
    /// - Parameter start: where the prefix is.
    static func seal(_ buffer: inout ByteBuffer, from start: Int) {
        buffer.setInteger(UInt8(0), at: start)
        buffer.setInteger(UInt32(buffer.writerIndex - start - prefixLength), at: start + 1)
    }

    /// `message` with its prefix, as one buffer.
    static func frame(_ message: some Message, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        let size = ProtobufSize.of(message)
        var buffer = allocator.buffer(capacity: size + prefixLength)
        buffer.writeInteger(UInt8(0))
        buffer.writeInteger(UInt32(size))
        ProtobufWriter.append(message, to: &buffer)
        return buffer
    }
}
