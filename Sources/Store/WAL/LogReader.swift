/// Reads the log from a position to its end, over all its segments, and judges them together: only the last batch of
/// all can be torn, and behind the end there is nothing.
struct LogReader {
    struct End {
        /// Where the next batch goes.
        var position: LogPosition
        /// What is left of a batch that was never acknowledged.
        var torn: (segment: UInt64, blocks: Range<UInt32>)?
    }

    let identity: StoreIdentity
    let path: (UInt64) -> String
    /// A segment's bytes.
    let image: (UInt64) throws(StoreError) -> FileImage

    /// - Parameter segments: the numbers that exist, ascending.
    func read(
        _ segments: [UInt64], from start: LogPosition,
        _ body: (_ payload: UnsafeRawBufferPointer, _ records: Int, _ next: LogPosition) throws(StoreError) -> Void
    ) throws(StoreError) -> End {
        try checkSequence(segments, from: start.segment)
        var end = End(position: start)
        for number in segments where number >= start.segment {
            let image = try self.image(number)
            defer { keepAlive(image) }
            if end.torn != nil {
                guard isZero(image.bytes) else {
                    throw StoreError(.corrupt, "\(path(number)): byte 0: data behind a damaged batch")
                }
                continue
            }
            var position = end.position
            if position.segment != number { (position.segment, position.block) = (number, 0) }
            let before = position.sequence
            let scanner = SegmentScanner(
                identity: identity, segment: number, path: path(number), bytes: image.bytes)
            let rest = try scanner.scan(from: &position, body)
            if case .torn(let blocks) = rest { end.torn = (number, blocks) }
            // A segment without a batch is the spare one: the log still ends in the segment before.
            if position.sequence != before || end.torn != nil { end.position = position }
        }
        return end
    }

    private func checkSequence(_ segments: [UInt64], from first: UInt64) throws(StoreError) {
        var expected = first
        for number in segments where number >= first {
            if number != expected { throw missing(expected) }
            expected += 1
        }
        if expected == first { throw missing(first) }
    }

    private func missing(_ number: UInt64) -> StoreError {
        StoreError(.corrupt, "\(path(number)): this log segment is missing")
    }
}
