internal import NIOCore
internal import NIOHPACK

/// Puts header blocks together and decodes them.
///
/// Clients that send the same call again send the same few bytes, each the number of a field that both sides know.
/// Such a block changes nothing in the table, so what the last one meant is remembered until another block could have
/// changed it.
struct HeaderBlocks<Meaning> {
    struct Block {
        let stream: UInt32
        let endsStream: Bool
        var bytes: ByteBuffer
    }

    /// Of one block, over all its frames.
    private static var longestBlock: Int { 64 << 10 }
    private static var mostContinuations: Int { 16 }
    /// SETTINGS_MAX_HEADER_LIST_SIZE.
    static var longestList: Int { 16 << 10 }

    private var decoder = HPACKDecoder(
        allocator: ByteBufferAllocator(), maxDynamicTableSize: 4096, maxHeaderListSize: longestList)
    private var open: Block?
    private var continuations = 0
    private var known: (block: ByteBuffer, meaning: Meaning)?

    /// The stream whose header block is not whole: nothing else may come before its end.
    var isOpen: Bool { open != nil }

    /// `frame` without padding and priority. Returns the block, if it is whole.
    mutating func begin(_ frame: Frame) -> Block? {
        let block = Block(
            stream: frame.stream, endsStream: frame.has(Frame.Flags.endStream), bytes: frame.payload)
        if frame.has(Frame.Flags.endHeaders) { return block }
        open = block
        continuations = 0
        return nil
    }

    mutating func resume(_ frame: Frame) throws(ConnectionError) -> Block? {
        guard var block = open, block.stream == frame.stream else {
            throw ConnectionError(.protocolError, "CONTINUATION of nothing")
        }
        var piece = frame.payload
        block.bytes.writeBuffer(&piece)
        continuations += 1
        guard block.bytes.readableBytes <= Self.longestBlock, continuations <= Self.mostContinuations else {
            throw ConnectionError(.enhanceYourCalm, "a header block that does not end")
        }
        let isWhole = frame.has(Frame.Flags.endHeaders)
        open = isWhole ? nil : block
        return isWhole ? block : nil
    }

    /// Every block must be decoded, wanted or not: the next one may refer to it.
    mutating func decode(
        _ block: Block, _ understand: (HPACKHeaders) -> Meaning
    ) throws(ConnectionError) -> Meaning {
        if let known, known.block == block.bytes { return known.meaning }
        let isPure = Self.isPure(block.bytes)
        if !isPure { known = nil }
        var bytes = block.bytes
        let headers: HPACKHeaders
        do { headers = try decoder.decodeHeaders(from: &bytes) } catch {
            throw ConnectionError(.compressionError, "a header block that cannot be decoded: \(error)")
        }
        let meaning = understand(headers)
        // A copy: the frame's buffer is the connection's whole input.
        if isPure { known = (ByteBuffer(bytes: block.bytes.readableBytesView), meaning) }
        return meaning
    }

    /// Nothing but numbers of known fields, a byte each (RFC 7541, 6.1).
    private static func isPure(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytes <= 32 && bytes.readableBytesView.allSatisfy { $0 > 0x80 && $0 < 0xff }
    }
}
