internal import CZlib
package import NIOCore

/// Compresses one body piece by piece (RFC 1952). 256 KiB of memory until it goes.
///
/// Sendable by hand: whoever makes it hands it on whole; it is used by one thread at a time.
package final class GzipWriter: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1 is the quickest, 9 the smallest.
    package init(level: Int32) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // It fails for want of memory or another zlib than the header's only: neither leaves anything to do.
        precondition(berth_gzip_begin(stream, level) == Z_OK, "zlib cannot begin")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Appends to `output` what is complete of the compressed bytes: perhaps nothing yet.
    package func write(_ bytes: ByteBuffer, to output: inout ByteBuffer) { deflate(bytes, Z_NO_FLUSH, &output) }

    /// Appends all that is left. Nothing may be written behind it.
    package func finish(to output: inout ByteBuffer) { deflate(ByteBuffer(), Z_FINISH, &output) }

    /// A whole body at once.
    package static func compress(_ body: ByteBuffer, level: Int32) -> ByteBuffer {
        let writer = GzipWriter(level: level)
        var output = ByteBuffer()
        output.reserveCapacity(body.readableBytes / 4)
        writer.write(body, to: &output)
        writer.finish(to: &output)
        return output
    }

    private func deflate(_ bytes: ByteBuffer, _ flush: Int32, _ output: inout ByteBuffer) {
        bytes.withUnsafeReadableBytes { input in
            // zlib's type is not const, but it only reads.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) { room in
                    stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(room.count)
                    CZlib.deflate(stream, flush)
                    isFull = stream.pointee.avail_out == 0
                    return room.count - Int(stream.pointee.avail_out)
                }
            }
            stream.pointee.next_in = nil
        }
    }
}
