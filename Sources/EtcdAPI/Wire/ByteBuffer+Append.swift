internal import NIOCore

extension ByteBuffer {
    /// Takes `bytes` behind what is still unread; without a copy if nothing is.
    mutating func append(_ bytes: inout ByteBuffer) {
        if readableBytes == 0 {
            self = bytes
        } else {
            writeBuffer(&bytes)
        }
    }
}
