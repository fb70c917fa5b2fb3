internal import Glibc

extension StoreLimits {
    /// Payload bytes that the log promises to take as one batch (`LogWriter.prepare`): the rest of the present segment has
    /// them, or the next segment is there, which has 4,096 blocks of 3,976 bytes, half a megabyte more.
    static let batchLogBytes = deletionBytes + 2 * requestBytes
    /// What one transaction may take of that. No batch can be too long then: it takes a further request only while it has
    /// less than `batchBytes`, what comes last is a transaction of this size at most, or a step of a lease's end of
    /// `deletionBytes`, which is less, or a record of fixed size; and the slack is for those and the state record.
    static let transactionLogBytes = batchLogBytes - batchBytes - batchSlack
}

/// Turns a batch's payload into blocks.
struct BatchFormatter {
    let identity: StoreIdentity

    static func blockCount(payload: Int) -> Int {
        max(1, (payload + BlockHeader.payloadCapacity - 1) / BlockHeader.payloadCapacity)
    }

    /// Appends the batch's blocks to `output` and returns where the next batch goes. The batch must fit into the rest
    /// of the segment; `StoreLimits.transactionLogBytes` says why it does.
    func format(
        _ payload: UnsafeRawBufferPointer, records: Int, at position: LogPosition, segmentBlocks: UInt32,
        durableSequence: UInt64, to output: OutputBuffer
    ) -> LogPosition {
        let count = Self.blockCount(payload: payload.count)
        precondition(Int(position.block) + count <= Int(segmentBlocks), "a batch lies in one segment")
        var next = position
        for index in 0..<count {
            let start = index * BlockHeader.payloadCapacity
            let piece = payload.slice(start, min(BlockHeader.payloadCapacity, payload.count - start))
            let flags = (index == 0 ? BlockHeader.firstFlag : 0) | (index == count - 1 ? BlockHeader.lastFlag : 0)
            let header = BlockHeader(
                flags: flags, identity: identity, segment: position.segment, block: next.block,
                segmentBlocks: segmentBlocks, sequence: position.sequence, durableSequence: durableSequence,
                index: UInt32(index), batchBlocks: UInt32(count), chain: next.chain,
                payloadBytes: UInt32(piece.count), records: UInt32(records))
            let block = output.extend(BlockHeader.size)
            if let start = block.baseAddress { memset(start, 0, BlockHeader.size) }
            let checksum = header.encode(payload: piece, to: block)
            next.chain = BlockHeader.chain(after: next.chain, checksum: checksum)
            next.block += 1
        }
        next.sequence += 1
        return next
    }
}
