import Glibc
import Testing

@testable import Objects

/// Whatever a client sends: the parsers give a value or an error, never a crash, and what they give is sane. A few
/// seconds here; BERTH_FUZZ_ROUNDS=N multiplies the rounds.
@Suite struct FuzzTests {
    static let rounds = 3_000 * (getenv("BERTH_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 1)

    @Test func json() {
        var random = SplitMix(state: 1)
        for round in 0..<Self.rounds {
            let bytes = random.mutated(random.pick(Self.documents))
            guard let value = try? JSONParser.parse(bytes) else { continue }
            // What was understood once is understood again, and to the same.
            let encoded = JSONEncoder.encode(value)
            #expect((try? JSONParser.parse(encoded)) == value, "round \(round)")
        }
    }

    @Test func protobuf() {
        var random = SplitMix(state: 2)
        let messages = RecordedCreate.all.compactMap { ProtobufEncoder.encode($0.body) }
        for _ in 0..<Self.rounds {
            guard let json = try? ProtobufDecoder.decode(random.mutated(random.pick(messages))) else { continue }
            let version = json["apiVersion"]?.string ?? ""
            guard let kind = SchemaCatalog.builtin.kind(apiVersion: version, kind: json["kind"]?.string ?? "") else {
                continue
            }
            _ = try? SchemaCatalog.builtin.decode(json, as: kind, validation: .strict)
        }
    }

    /// A decoded object can be validated, patched and encoded, however odd it is.
    @Test func objects() {
        var random = SplitMix(state: 3)
        let kinds = SchemaCatalog.builtin
        for _ in 0..<Self.rounds {
            guard let json = try? JSONParser.parse(random.mutated(random.pick(Self.documents))),
                let kind = kinds.kind(apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? ""),
                let object = try? kinds.decode(json, as: kind, validation: .ignore).object
            else { continue }
            _ = kinds.validateCreate(object, kind)
            _ = ProtobufEncoder.encode(object.json)
        }
    }

    @Test func patches() {
        var random = SplitMix(state: 4)
        for _ in 0..<Self.rounds {
            let target = random.pick(RecordedCreate.all)
            guard let kind = target.kind, let patch = try? JSONParser.parse(random.mutated(random.pick(Self.patches)))
            else { continue }
            _ = MergePatch.apply(patch, to: target.body)
            _ = try? StrategicMergePatch().apply(patch, to: target.body, as: kind)
            _ = try? JSONPatch(patch).apply(to: target.body)
        }
    }

    @Test func selectors() throws {
        var random = SplitMix(state: 5)
        let pods = try #require(SchemaCatalog.builtin.kind(for: .pods))
        let texts = ["a=b,c!=d,e in (f,g),!h,i notin (j),k", "metadata.name=x,status.phase!=Running", "a==b,c>1,d<2"]
        for _ in 0..<Self.rounds {
            let text = String(decoding: random.mutated(Array(random.pick(texts).utf8)), as: UTF8.self)
            _ = try? Selector(query: text)
            _ = try? FieldSelector(query: text, kind: pods)
        }
    }

    @Test func bombs() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONParser.parse(deep) }
        let wide = Array(("{" + (0..<100_000).map { "\"a\($0)\":{}" }.joined(separator: ",") + "}").utf8)
        #expect(throws: Never.self) { try JSONParser.parse(wide) }
        // Messages in messages, each a length ahead of the rest.
        var nested: [UInt8] = []
        for _ in 0..<5_000 { nested = [0x0a] + varint(nested.count) + nested }
        let envelope = ProtobufEnvelope(apiVersion: "v1", kind: "Pod", raw: nested).bytes
        _ = try? ProtobufDecoder.decode(envelope)
    }

    private func varint(_ value: Int) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(UInt64(value))
        return writer.bytes
    }

    private static let documents = RecordedCreate.all.map { JSONEncoder.encode($0.body) }
    private static let patches: [[UInt8]] = {
        let steps = (fixture("objects/patches.json").array ?? []).flatMap { $0["steps"]?.array ?? [] }
        return steps.compactMap { $0["body"].map { JSONEncoder.encode($0) } }
    }()
}

extension SplitMix {
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    /// A few bytes changed, doubled, cut out or put in.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            let length = Int.random(in: 1...8, using: &self)
            let end = min(place + length, bytes.count)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &self)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.removeSubrange(place...)
            default: bytes.insert(pick(Array("{}[]\",:\\0-eu\u{0}".utf8)), at: place)
            }
        }
        return bytes
    }
}
