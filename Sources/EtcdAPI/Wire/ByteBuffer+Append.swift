internal import NIOCore

extension ByteBuffer {
    /// Takes `bytes` behind what is still unread; without a copy if nothing is. What has been read is given up first:
    /// `writeBuffer` keeps it, so that a buffer that is never quite empty would grow with everything that was ever sent.
    mutating func append(_ bytes: inout ByteBuffer) {
        if readableBytes == 0 {
            self = bytes
        } else {
            discardReadBytes()
            writeBuffer(&bytes)
        }
    }

    /// Lets go of a large buffer that this is a small piece of.
    mutating func detach() {
        if storageCapacity > 2 * readableBytes + 1024 { self = ByteBuffer(bytes: readableBytesView) }
    }
}
