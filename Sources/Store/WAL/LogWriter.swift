/// Appends batches to the log.
///
/// Sendable by hand: made by recovery, then used by whoever has the writer's turn (`WriterQueue`).
final class LogWriter: @unchecked Sendable {
    private let formatter: BatchFormatter
    private let supply: SegmentSupply
    private var file: any StorageFile
    private var segmentBlocks: UInt32
    private let blocks = OutputBuffer(alignment: BlockHeader.size)

    init(identity: StoreIdentity, supply: SegmentSupply, file: any StorageFile) throws(StoreError) {
        formatter = BatchFormatter(identity: identity)
        self.supply = supply
        self.file = file
        file.writePastCache()
        segmentBlocks = UInt32(try file.size() / BlockHeader.size)
    }

    /// Makes sure that a batch of any permitted size can be written, before anything of it is evaluated. Returns the
    /// payload bytes that a batch may have: on a full disk only what the present segment still takes.
    func prepare(at position: LogPosition) throws(StoreError) -> Int {
        let rest = (Int(segmentBlocks) - Int(position.block)) * BlockHeader.payloadCapacity
        if rest >= StoreLimits.deletionBytes + 2 * StoreLimits.requestBytes { return .max }
        do {
            try supply.ensure(position.segment + 1)
            return .max
        } catch {
            guard error.code == .noSpace else { throw error }
            return rest
        }
    }

    /// A batch of any size can be written without waiting for a segment to be made.
    func hasNextSegment(at position: LogPosition) -> Bool { supply.isReady(position.segment + 1) }

    func hasRoomForSeal(at position: LogPosition) -> Bool { position.block < segmentBlocks }

    /// Writes and syncs one batch. Returns when it is durable. After an error its fate is unknown and the log must not
    /// be used again.
    func append(_ payload: UnsafeRawBufferPointer, records: Int, at position: LogPosition) throws(StoreError)
        -> LogPosition
    {
        var position = position
        if Int(position.block) + BatchFormatter.blockCount(payload: payload.count) > Int(segmentBlocks) {
            file = try supply.take(position.segment + 1)
            file.writePastCache()
            segmentBlocks = UInt32(try file.size() / BlockHeader.size)
            position.segment += 1
            position.block = 0
            supply.want(position.segment + 1)
        }
        blocks.removeAll()
        let next = formatter.format(
            payload, records: records, at: position, segmentBlocks: segmentBlocks,
            durableSequence: position.sequence - 1, to: blocks)
        try file.write(blocks.bytes, at: Int(position.block) * BlockHeader.size)
        try file.syncData()
        return next
    }
}
