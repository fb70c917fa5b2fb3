/// Identity of a store: in every block of its log, so that a block of another store never passes for one of ours.
struct StoreIdentity: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    static func random() -> StoreIdentity {
        StoreIdentity(high: .random(in: 1 ... .max), low: .random(in: 1 ... .max))
    }

    var seed: UInt64 { hash64(low, seed: high) }
    /// The chain value before the first block of a log.
    var firstChain: UInt64 { hash64(high, seed: low) }
}

/// Where the next batch of the log goes, and what its first block must say.
struct LogPosition: Hashable, Sendable {
    var segment: UInt64
    var block: UInt32
    /// Of the next batch; counts from 1.
    var sequence: UInt64
    /// Running hash over the checksums of all blocks before.
    var chain: UInt64
}

/// A block of the write-ahead log: 4,096 bytes, eight sectors of 512, each ending in a stamp. Little-endian.
///
///      0  4  magic "BWB1"            48  8  newest sequence known durable
///      4  2  format version          56  4  index of the block in its batch
///      6  2  flags                   60  4  blocks of the batch
///      8 16  store identity          64  8  chain: running hash of the blocks before
///     24  8  segment number          72  4  payload bytes in this block
///     32  4  block in the segment    76  4  records in the batch
///     36  4  blocks of the segment   80  4  CRC-32C of all 4,096 bytes, these four as zero
///     40  8  batch sequence          84  4  zero
///
/// Payload: bytes 88..<508 of sector 0 and 0..<508 of the others. Bytes 508..<512 of every sector are its stamp: never
/// zero, derived from store, segment, block, sector and sequence. A sector that was never written is all zero, so a
/// half-written block can be told from a rotten one.
struct BlockHeader: Hashable {
    static let magic: UInt32 = 0x3142_5742
    static let version: UInt16 = 1
    static let size = 4_096
    static let sectorSize = 512
    static let sectorCount = 8
    static let headSize = 88
    static let payloadCapacity = 508 * 8 - headSize

    static let firstFlag: UInt16 = 1
    static let lastFlag: UInt16 = 2

    var flags: UInt16
    var identity: StoreIdentity
    var segment: UInt64
    var block: UInt32
    var segmentBlocks: UInt32
    var sequence: UInt64
    var durableSequence: UInt64
    var index: UInt32
    var batchBlocks: UInt32
    var chain: UInt64
    var payloadBytes: UInt32
    var records: UInt32

    /// Chain value behind a block with this checksum.
    static func chain(after chain: UInt64, checksum: UInt32) -> UInt64 { hash64(UInt64(checksum), seed: chain) }

    static func stamp(_ identity: StoreIdentity, segment: UInt64, block: UInt32, sector: Int, sequence: UInt64)
        -> UInt32
    {
        let place = segment &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(block) * 8 + UInt64(sector)
        return UInt32(truncatingIfNeeded: hash64(sequence, seed: identity.seed ^ place)) | 0x8000_0000
    }

    /// Writes header, payload, stamps and checksum into a zeroed block. Returns the checksum.
    func encode(payload: UnsafeRawBufferPointer, to block: UnsafeMutableRawBufferPointer) -> UInt32 {
        block.set(0, Self.magic)
        block.set(4, Self.version)
        block.set(6, flags)
        block.set(8, identity.high)
        block.set(16, identity.low)
        block.set(24, segment)
        block.set(32, self.block)
        block.set(36, segmentBlocks)
        block.set(40, sequence)
        block.set(48, durableSequence)
        block.set(56, index)
        block.set(60, batchBlocks)
        block.set(64, chain)
        block.set(72, UInt32(payload.count))
        block.set(76, records)
        Self.forEachPiece(payload.count) { offset, target, count in
            block.set(target, payload.slice(offset, count))
        }
        for sector in 0..<Self.sectorCount {
            let stamp = Self.stamp(
                identity, segment: segment, block: self.block, sector: sector, sequence: sequence)
            block.set(sector * Self.sectorSize + 508, stamp)
        }
        let checksum = crc32c(UnsafeRawBufferPointer(block))
        block.set(80, checksum)
        return checksum
    }

    /// nil if the checksum does not hold or the block is not a log block. The version is the caller's to check.
    static func decode(_ block: UnsafeRawBufferPointer) -> (header: BlockHeader, version: UInt16, checksum: UInt32)? {
        guard block.number(0, as: UInt32.self) == magic else { return nil }
        let stored: UInt32 = block.number(80)
        var zero: UInt32 = 0
        var crc = crc32c(block.slice(0, 80))
        crc = withUnsafeBytes(of: &zero) { crc32c($0, after: crc) }
        crc = crc32c(block.slice(84, size - 84), after: crc)
        guard crc == stored else { return nil }
        let header = BlockHeader(
            flags: block.number(6), identity: StoreIdentity(high: block.number(8), low: block.number(16)),
            segment: block.number(24), block: block.number(32), segmentBlocks: block.number(36),
            sequence: block.number(40), durableSequence: block.number(48), index: block.number(56),
            batchBlocks: block.number(60), chain: block.number(64), payloadBytes: block.number(72),
            records: block.number(76))
        return (header, block.number(4), stored)
    }

    func appendPayload(of block: UnsafeRawBufferPointer, to output: OutputBuffer) {
        Self.forEachPiece(Int(payloadBytes)) { _, target, count in output.append(block.slice(target, count)) }
    }

    /// Calls `body` with (offset in the payload, offset in the block, length) for each sector that holds payload.
    private static func forEachPiece(_ payload: Int, _ body: (Int, Int, Int) -> Void) {
        var done = 0
        var target = headSize
        while done < payload {
            let count = min(payload - done, 508 - target % sectorSize)
            body(done, target, count)
            done += count
            target += count + 4
        }
    }
}
