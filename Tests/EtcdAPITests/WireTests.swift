import NIOCore
import Objects
import TestSupport
import Testing

@testable import EtcdAPI

@Suite struct WireTests {
    private func encode(_ message: some Message) -> [UInt8] {
        var buffer = ByteBuffer()
        ProtobufWriter.append(message, to: &buffer)
        #expect(buffer.readableBytes == ProtobufSize.of(message))
        return Array(buffer.readableBytesView)
    }

    private func decode<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> M {
        try ProtobufReader.decode(type, ByteBuffer(bytes: bytes))
    }

    /// What protoc's encoder makes of the same fields.
    @Test func goldenBytes() throws {
        var put = PutCall()
        put.key = Array("foo".utf8)
        put.value = Array("bar".utf8)
        put.lease = 300
        put.prevKv = true
        #expect(encode(put) == [0x0a, 3, 0x66, 0x6f, 0x6f, 0x12, 3, 0x62, 0x61, 0x72, 0x18, 0xac, 2, 0x20, 1])
        #expect(try decode(PutCall.self, encode(put)) == put)

        var compare = CompareCall()
        compare.target = .mod
        compare.operand = .modRevision(0)
        compare.rangeEnd = [0]
        #expect(encode(compare) == [0x10, 2, 0x30, 0, 0x82, 0x04, 1, 0], "a oneof member is sent even if it is zero")
        #expect(try decode(CompareCall.self, encode(compare)) == compare)

        var negative = LeaseKeepAliveReply()
        negative.ttl = -1
        #expect(encode(negative) == [0x18] + [UInt8](repeating: 0xff, count: 9) + [1])
        #expect(try decode(LeaseKeepAliveReply.self, encode(negative)) == negative)
    }

    @Test func packedAndUnpackedEnumerations() throws {
        #expect(try decode(WatchCreateCall.self, [0x2a, 2, 0, 1]).filters == [.noPut, .noDelete])
        #expect(try decode(WatchCreateCall.self, [0x28, 0, 0x28, 1]).filters == [.noPut, .noDelete])
    }

    @Test func nestedTransaction() throws {
        var inner = TransactionCall()
        var operation = OperationCall()
        operation.request = .deleteRange(DeleteRangeCall())
        inner.failure = [operation]
        var outer = TransactionCall()
        var nested = OperationCall()
        nested.request = .transaction(inner)
        outer.success = [nested, OperationCall()]
        #expect(try decode(TransactionCall.self, encode(outer)) == outer)
    }

    @Test func unknownFieldsAreSkipped() throws {
        let unknown: [UInt8] = [
            0xf8, 0x06, 5, 0xfa, 0x06, 2, 1, 2, 0xfd, 0x06, 0, 0, 0, 0, 0xf9, 0x06, 0, 0, 0, 0, 0, 0, 0, 0,
        ]
        #expect(try decode(PutCall.self, unknown + [0x0a, 1, 0x61]).key == [0x61])
    }

    @Test(
        arguments: [
            [0x0a], [0x0a, 5, 1], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0x0b], [0x02, 0],
            [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0x08, 1], [0x1a, 1, 1],
            [0xfd, 0x06, 0],
        ] as [[UInt8]])
    func malformedIsRefused(_ bytes: [UInt8]) {
        #expect(throws: WireError.self) { try decode(PutCall.self, bytes) }
    }

    @Test func bombOfNestedMessagesIsRefused() {
        var bytes: [UInt8] = []
        for _ in 0..<200 {  // TxnRequest.success -> RequestOp.request_txn -> ...
            bytes = [0x22] + length(bytes.count) + bytes
            bytes = [0x12] + length(bytes.count) + bytes
        }
        #expect(throws: WireError.self) { try decode(TransactionCall.self, bytes) }
    }

    private func length(_ count: Int) -> [UInt8] {
        var rest = count
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    @Test func randomBytesNeverTrap() {
        let seed = TestSeed.value()
        var random = SplitMix(state: seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 7) }
            guard let call = try? decode(TransactionCall.self, bytes) else { continue }
            #expect((try? decode(TransactionCall.self, encode(call))) == call, "seed \(seed)")
        }
    }

    @Test func gatewayJSON() throws {
        var call = RangeCall()
        call.key = Array("foo".utf8)
        call.limit = 1 << 40
        call.sortOrder = .descend
        call.keysOnly = true
        let json = GatewayWriter.json(call)
        #expect(json == ["key": "Zm9v", "limit": "1099511627776", "sort_order": "DESCEND", "keys_only": true])
        #expect(try GatewayReader.decode(RangeCall.self, json) == call)
        let other: JSON = ["key": "Zm9v", "limit": 1_099_511_627_776, "sortOrder": 2, "keysOnly": true]
        #expect(try GatewayReader.decode(RangeCall.self, other) == call)
        #expect(throws: WireError("unknown field \"kee\"")) { try GatewayReader.decode(RangeCall.self, ["kee": "x"]) }
        #expect(throws: WireError.self) { try GatewayReader.decode(RangeCall.self, ["key": "not base64!"]) }
        let compare: JSON = ["compare": [["target": "CREATE", "key": "Zm9v", "create_revision": "0"]]]
        #expect(try GatewayReader.decode(TransactionCall.self, compare).compare.first?.operand == .createRevision(0))
    }
}

/// Small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
