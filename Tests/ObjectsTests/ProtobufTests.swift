import TestSupport
import Testing

@testable import Objects

@Suite struct ProtobufTests {
    /// Every recorded object survives the way through protobuf.
    @Test(arguments: RecordedCreate.all.filter { $0.code == 201 })
    func roundTrip(_ create: RecordedCreate) throws {
        let kind = try #require(create.kind)
        let object = try SchemaCatalog.builtin.decode(create.body, as: kind, validation: .ignore).object
        let bytes = try #require(ProtobufEncoder.encode(object.json))
        let back = try SchemaCatalog.builtin.decode(try ProtobufDecoder.decode(bytes), as: kind).object
        #expect(encoded(back.json) == encoded(object.json))
    }

    @Test func formsOfTheirOwnRoundTrip() throws {
        let body: JSON = [
            "kind": "Event", "apiVersion": "v1",
            "metadata": [
                "name": "e", "namespace": "d", "creationTimestamp": "2026-01-02T03:04:05Z",
                "managedFields": [["manager": "m", "fieldsV1": ["f:data": .object(JSONObject())]]],
            ],
            "involvedObject": ["kind": "Pod"], "eventTime": "2026-01-02T03:04:05.123456Z", "count": -3,
        ]
        let kind = try #require(SchemaCatalog.builtin.kind(for: .events))
        let event = try SchemaCatalog.builtin.decode(body, as: kind).object
        let back = try ProtobufDecoder.decode(try #require(ProtobufEncoder.encode(event.json)))
        #expect(encoded(try SchemaCatalog.builtin.decode(back, as: kind).object.json) == encoded(event.json))
    }

    /// A ConfigMap as client-go writes it.
    @Test func knownBytes() throws {
        var bytes: [UInt8] = [0x6B, 0x38, 0x73, 0x00, 0x0A, 0x0F, 0x0A, 0x02]
        bytes += Array("v1".utf8) + [0x12, 0x09] + Array("ConfigMap".utf8)
        let raw: [UInt8] =
            [0x0A, 0x03, 0x0A, 0x01] + Array("a".utf8) + [0x12, 0x06, 0x0A, 0x01] + Array("k".utf8) + [0x12, 0x01]
            + Array("v".utf8)
        bytes += [0x12, UInt8(raw.count)] + raw + [0x1A, 0x00, 0x22, 0x00]
        let json = try ProtobufDecoder.decode(bytes)
        #expect(json.at("metadata", "name") == "a" && json.at("data", "k") == "v" && json["kind"] == "ConfigMap")
    }

    /// Revisions in the data of revisions, `depth` of them around a ConfigMap.
    private func revisions(_ depth: Int) -> [UInt8] {
        var type = ProtobufWriter()
        type.field(1, string: "apps/v1")
        type.field(2, string: "ControllerRevision")
        var start = ProtobufWriter()
        start.field(1, bytes: type.bytes)
        let inner = ProtobufEnvelope(apiVersion: "v1", kind: "ConfigMap", raw: []).bytes
        var heads: [[UInt8]] = []
        var size = inner.count
        // From the inside out: each length is that of all that follows.
        for _ in 0..<depth {
            let bytes = [0x0A] + varint(size)
            let data = [0x12] + varint(bytes.count + size)
            let raw = [0x12] + varint(data.count + bytes.count + size)
            heads.append(ProtobufEnvelope.magic + start.bytes + raw + data + bytes)
            size += heads[heads.count - 1].count
        }
        return Array(heads.reversed().joined()) + inner
    }

    private func varint(_ value: Int) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(UInt64(value))
        return writer.bytes
    }

    @Test func anEmbeddedObjectEmbedsNoOther() throws {
        #expect(try ProtobufDecoder.decode(revisions(1)).at("data", "kind") == "ConfigMap")
        for depth in [2, 50_000] {
            let bytes = revisions(depth)
            let error = #expect(throws: Status.self) { try ProtobufDecoder.decode(bytes) }
            #expect(error?.message.contains("an embedded object embeds another") == true)
        }
    }

    @Test func randomBytesNeverCrash() throws {
        let seed = TestSeed.value()
        print("protobuf fuzz seed \(seed)")
        var random = SplitMix(state: seed)
        let create = try #require(
            RecordedCreate.all.first { $0.body["kind"] == "StatefulSet" && $0.code == 201 }
                ?? RecordedCreate.all.first { $0.code == 201 })
        let kind = try #require(create.kind)
        let object = try SchemaCatalog.builtin.decode(create.body, as: kind, validation: .ignore).object
        let good = try #require(ProtobufEncoder.encode(object.json))
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
            if let json = try? ProtobufDecoder.decode(bytes) {
                _ = try? SchemaCatalog.builtin.decode(json, as: kind, validation: .ignore)
            }
        }
    }
}
