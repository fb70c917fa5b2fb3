import NIOCore

extension ByteBuffer {
    /// Bytes of a long answer that are written at once.
    private static let bodyPiece = 64 * 1024

    /// Takes a piece off the body of an answer; nil: what is there is the last one. Each tells by leaving that the client
    /// takes the answer, however long that needs as a whole.
    mutating func readBodyPiece() -> ByteBuffer? {
        readableBytes > Self.bodyPiece ? readSlice(length: Self.bodyPiece) : nil
    }
}
