internal import Glibc

/// Reads batches from one segment and judges what comes after the last good one. Pure: works on a file's image.
///
/// What may be found where the next batch is expected (reliability.md, rules 10 and 11):
///
///     rest of the segment all zero                                           end of the log in this segment
///     every sector of one batch either zero or stamped for it, at least
///     one zero, nothing else behind                                          torn: never acknowledged, dropped
///     anything else: a complete block with a wrong checksum, a sector that
///     is neither, a valid block of another batch, a broken chain             corrupt: refused
struct SegmentScanner {
    enum Rest: Equatable {
        case zero
        /// Blocks of the batch that was being written when the machine stopped.
        case torn(Range<UInt32>)
    }

    let identity: StoreIdentity
    let segment: UInt64
    let path: String
    let bytes: UnsafeRawBufferPointer

    private var blockCount: Int { bytes.count / BlockHeader.size }
    private func block(_ index: Int) -> UnsafeRawBufferPointer {
        bytes.slice(index * BlockHeader.size, BlockHeader.size)
    }

    /// Hands each complete batch's payload to `body`, with the position behind it, and leaves `position` behind the
    /// last one.
    func scan(
        from position: inout LogPosition,
        _ body: (_ payload: UnsafeRawBufferPointer, _ records: Int, _ next: LogPosition) throws(StoreError) -> Void
    ) throws(StoreError) -> Rest {
        try checkSize()
        let payload = OutputBuffer()
        defer { keepAlive(payload) }
        while Int(position.block) < blockCount {
            payload.removeAll()
            guard let (records, next) = try batch(at: position, to: payload) else {
                return try judgeRest(at: position)
            }
            try body(payload.bytes, records, next)
            position = next
        }
        return .zero
    }

    /// A segment is made at full size before its first block is written, so any other size is damage.
    private func checkSize() throws(StoreError) {
        if bytes.count == 0 || bytes.count % BlockHeader.size != 0 {
            throw corrupt(at: bytes.count, "the segment has \(bytes.count) bytes, which is not a number of blocks")
        }
        if let first = BlockHeader.decode(block(0)), first.header.identity == identity,
            Int(first.header.segmentBlocks) != blockCount
        {
            throw corrupt(
                at: bytes.count, "the segment has \(blockCount) blocks and was made with \(first.header.segmentBlocks)")
        }
    }

    /// The batch that begins at `position`; nil if it is not complete.
    private func batch(at position: LogPosition, to payload: OutputBuffer) throws(StoreError)
        -> (records: Int, next: LogPosition)?
    {
        var next = position
        var expected = 1
        var index = 0
        while index < expected {
            guard Int(next.block) < blockCount,
                let (header, version, checksum) = BlockHeader.decode(block(Int(next.block)))
            else { return nil }
            if version != BlockHeader.version {
                throw StoreError(.unknownFormat, place(next.block) + "log format version \(version) is not known here")
            }
            try check(header, at: next, index: index)
            if index == 0 { expected = Int(header.batchBlocks) }
            header.appendPayload(of: block(Int(next.block)), to: payload)
            next.chain = BlockHeader.chain(after: next.chain, checksum: checksum)
            next.block += 1
            index += 1
            if index == expected {
                next.sequence += 1
                return (Int(header.records), next)
            }
        }
        return nil
    }

    private func check(_ header: BlockHeader, at position: LogPosition, index: Int) throws(StoreError) {
        let reason: String? =
            if header.identity != identity {
                "the block belongs to another store"
            } else if header.segment != segment || header.block != position.block {
                "the block belongs to block \(header.block) of segment \(header.segment)"
            } else if header.sequence != position.sequence {
                "batch \(header.sequence) found where batch \(position.sequence) belongs"
            } else if header.chain != position.chain {
                "the chain of checksums is broken: a batch before is missing or was replaced"
            } else if Int(header.index) != index || header.batchBlocks == 0 {
                "block \(header.index) of batch \(header.sequence) found where its block \(index) belongs"
            } else if header.payloadBytes > BlockHeader.payloadCapacity {
                "payload of \(header.payloadBytes) bytes"
            } else {
                nil
            }
        if let reason { throw corrupt(at: Int(position.block) * BlockHeader.size, reason) }
    }

    // MARK: The rest

    private func judgeRest(at position: LogPosition) throws(StoreError) -> Rest {
        let start = Int(position.block)
        var end = start
        for index in start..<blockCount where !isZero(block(index)) { end = index + 1 }
        if end == start { return .zero }
        end = try extent(from: start, atLeast: end, position)
        var zeroSectors = 0
        for index in start..<end { zeroSectors += try zeroSectorCount(index, position) }
        if zeroSectors == 0 {
            throw corrupt(
                at: start * BlockHeader.size,
                "batch \(position.sequence) is complete but its checksums do not hold")
        }
        return .torn(UInt32(start)..<UInt32(end))
    }

    /// End of the batch that begins at `start`: as its valid blocks say, else behind the last block that is not zero.
    private func extent(from start: Int, atLeast end: Int, _ position: LogPosition) throws(StoreError) -> Int {
        var extent = end
        for index in start..<end {
            guard let (header, _, _) = BlockHeader.decode(block(index)) else { continue }
            guard header.identity == identity, header.sequence == position.sequence, header.segment == segment,
                Int(header.block) == index, Int(header.index) == index - start
            else {
                throw corrupt(
                    at: start * BlockHeader.size,
                    "batch \(position.sequence) is damaged and batch \(header.sequence) follows it")
            }
            extent = start + Int(header.batchBlocks)
        }
        if extent < end || extent > blockCount {
            throw corrupt(at: extent * BlockHeader.size, "data behind the end of batch \(position.sequence)")
        }
        return extent
    }

    private func zeroSectorCount(_ index: Int, _ position: LogPosition) throws(StoreError) -> Int {
        let block = block(index)
        var zeros = 0
        for sector in 0..<BlockHeader.sectorCount {
            let bytes = block.slice(sector * BlockHeader.sectorSize, BlockHeader.sectorSize)
            if isZero(bytes) {
                zeros += 1
                continue
            }
            let stamp = BlockHeader.stamp(
                identity, segment: segment, block: UInt32(index), sector: sector, sequence: position.sequence)
            if bytes.number(508) != stamp {
                throw corrupt(
                    at: index * BlockHeader.size + sector * BlockHeader.sectorSize,
                    "the sector is neither empty nor of batch \(position.sequence)")
            }
        }
        if zeros == 0 && BlockHeader.decode(block) == nil {
            throw corrupt(at: index * BlockHeader.size, "the block is complete but its checksum does not hold")
        }
        return zeros
    }

    private func place(_ block: UInt32) -> String { "\(path): byte \(Int(block) * BlockHeader.size): " }

    private func corrupt(at offset: Int, _ reason: String) -> StoreError {
        StoreError(.corrupt, "\(path): byte \(offset): \(reason)")
    }
}

func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return true }
    return bytes[0] == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
}
