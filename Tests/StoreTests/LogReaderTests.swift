import Testing

@testable import Store

/// The log's reader on images in memory: every truncation, every flipped bit.
@Suite struct LogReaderTests {
    /// Three segments of `blocks` blocks with one-block and two-block batches, the last one followed by a seal.
    struct Log {
        let identity = StoreIdentity(high: 7, low: 9)
        let blocks: UInt32 = 3
        var segments: [[UInt8]] = []
        /// The payloads of the batches, in order; the seal's is empty.
        var payloads: [[UInt8]] = []
        var start: LogPosition { LogPosition(segment: 1, block: 0, sequence: 1, chain: identity.firstChain) }

        init() {
            var position = start
            var output = OutputBuffer()
            for (index, length) in [100, 4_500, 3_976, 20, 5_000, 33, 0].enumerated() {
                let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
                if Int(position.block) + BatchFormatter.blockCount(payload: length) > Int(blocks) {
                    finish(output)
                    output = OutputBuffer()
                    (position.segment, position.block) = (position.segment + 1, 0)
                }
                position = payload.withUnsafeBytes {
                    BatchFormatter(identity: identity).format(
                        $0, records: index, at: position, segmentBlocks: blocks,
                        durableSequence: position.sequence - 1, to: output)
                }
                payloads.append(payload)
            }
            finish(output)
            segments.append([UInt8](repeating: 0, count: Int(blocks) * 4_096))
        }

        private mutating func finish(_ output: OutputBuffer) {
            segments.append(Array(output.bytes) + [UInt8](repeating: 0, count: Int(blocks) * 4_096 - output.count))
        }
    }

    enum Outcome: Equatable {
        case read([[UInt8]], torn: Bool)
        case refused
    }

    private func read(_ log: Log, _ segments: [[UInt8]]) throws -> Outcome {
        let reader = LogReader(
            identity: log.identity, path: { "segment \($0)" },
            image: { number throws(StoreError) in
                let bytes = segments[Int(number) - 1]
                let image = FileImage(count: bytes.count)
                image.memory.copyBytes(from: bytes)
                return image
            })
        var payloads: [[UInt8]] = []
        do {
            let end = try reader.read((1...UInt64(segments.count)).map { $0 }, from: log.start) {
                payload, _, _ throws(StoreError) in
                payloads.append(Array(payload))
            }
            return .read(payloads, torn: end.torn != nil)
        } catch {
            #expect(error.message.contains("segment ") && error.message.contains(": byte "), "\(error)")
            #expect(error.code == .corrupt || error.code == .unknownFormat)
            return .refused
        }
    }

    /// Everything, everything but the empty seal, or a refusal.
    private func isAcceptable(_ outcome: Outcome, _ log: Log) -> Bool {
        switch outcome {
        case .refused: true
        case .read(let payloads, _): payloads == log.payloads || payloads == Array(log.payloads.dropLast())
        }
    }

    @Test func anUndamagedLogIsReadCompletely() throws {
        let log = Log()
        #expect(log.segments.count >= 4)
        #expect(try read(log, log.segments) == .read(log.payloads, torn: false))
    }

    @Test func everyBitFlipped() throws {
        let log = Log()
        var refused = 0
        for segment in log.segments.indices {
            for byte in log.segments[segment].indices where byte % 5 == segment || TestForm.isLong {
                // A fifth of the bytes and one bit of most: a debug build has to end some day.
                let bits = byte % 31 == 0 || TestForm.isLong ? Array(0..<8) : [byte % 8]
                for bit in bits {
                    var damaged = log.segments
                    damaged[segment][byte] ^= 1 << bit
                    let outcome = try read(log, damaged)
                    if outcome == .refused { refused += 1 }
                    #expect(isAcceptable(outcome, log), "segment \(segment + 1) byte \(byte) bit \(bit)")
                }
            }
        }
        #expect(refused > 8_000)
    }

    @Test func everyTruncation() throws {
        let log = Log()
        for segment in log.segments.indices {
            for length in 0..<log.segments[segment].count where length % 3 == segment % 3 || TestForm.isLong {
                var damaged = log.segments
                damaged[segment] = Array(damaged[segment][..<length])
                #expect(isAcceptable(try read(log, damaged), log), "segment \(segment + 1) cut at \(length)")
            }
        }
    }

    /// The last batch before a power cut: any set of its sectors may be missing. Nothing before it may be lost, and
    /// it must not be taken for damage.
    @Test func everySubsetOfTheLastBatchesSectorsIsTorn() throws {
        var log = Log()
        // Without the seal and its predecessor the two-block batch of 5,000 bytes is last.
        log.payloads.removeLast(2)
        let (segment, start) = (2, 0)
        var bare = log.segments
        for index in start + 8_192..<bare[segment].count { bare[segment][index] = 0 }
        bare[segment + 1] = [UInt8](repeating: 0, count: bare[segment + 1].count)
        #expect(try read(log, bare) == .read(log.payloads, torn: false))
        for missing in 1..<1 << 16 where missing.nonzeroBitCount < 3 || missing % 251 == 0 || missing == 0xffff {
            var torn = bare
            for sector in 0..<16 where missing & 1 << sector != 0 {
                let begin = start + sector * 512
                for index in begin..<begin + 512 { torn[segment][index] = 0 }
            }
            let outcome = try read(log, torn)
            let isDropped = outcome == .read(Array(log.payloads.dropLast()), torn: missing != 0xffff)
            #expect(isDropped, "sectors \(missing)")
        }
    }

    @Test func aSectorOfAnotherStoreOrBatchIsRefused() throws {
        let log = Log()
        for source in stride(from: 0, to: 12_288, by: 512) {
            for target in stride(from: 0, to: 12_288, by: 512) where source != target {
                var damaged = log.segments
                damaged[1].replaceSubrange(target..<target + 512, with: log.segments[0][source..<source + 512])
                #expect(isAcceptable(try read(log, damaged), log), "sector \(source) over \(target)")
            }
        }
    }
}
