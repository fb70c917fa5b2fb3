import EtcdFuzzing
import NIOCore
import TestSupport
import Testing

@testable import EtcdAPI

/// The short form of scripts/fuzz, without a fuzzer: proper requests, damaged at random.
@Suite struct MutationTests {
    private static let rounds = 2_000

    @Test func damagedRequestsNeverTrap() {
        let seed = TestSeed.value()
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        let seeds = Self.seeds()
        for _ in 0..<Self.rounds {
            let message = seeds[Int(random.next() % UInt64(seeds.count))]
            let other = seeds[Int(random.next() % UInt64(seeds.count))]
            let input = [UInt8(truncatingIfNeeded: random.next())] + damaged(message, other, &random)
            input.withUnsafeBytes { DecoderCheck.run($0) }
        }
    }

    private func damaged(_ message: [UInt8], _ other: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = message
        for _ in 0...random.next() % 4 where !bytes.isEmpty {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 5 {
            case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff][Int(random.next() % 5)]
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: other, at: place)
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }

    /// Messages, and the same as frames.
    private static func seeds() -> [[UInt8]] {
        var put = PutCall()
        put.key = Array("key".utf8)
        put.value = Array(repeating: 7, count: 200)
        put.lease = -1
        var operation = OperationCall()
        operation.request = .put(put)
        var compare = CompareCall()
        compare.operand = .value([1, 2])
        var transaction = TransactionCall()
        transaction.compare = [compare]
        transaction.success = [operation, OperationCall()]
        var nested = OperationCall()
        nested.request = .transaction(transaction)
        transaction.failure = [nested]
        var watch = WatchCreateCall()
        watch.key = [0]
        watch.filters = [.noPut, .noDelete]
        var call = WatchCall()
        call.createRequest = watch
        var members = MemberListReply()
        members.members = [Member()]
        return [frame(put), frame(transaction), frame(call), frame(members)].flatMap { [$0, Array($0.dropFirst(5))] }
    }

    private static func frame(_ message: some Message) -> [UInt8] {
        Array(MessageFramer.frame(message, ByteBufferAllocator()).readableBytesView)
    }
}
