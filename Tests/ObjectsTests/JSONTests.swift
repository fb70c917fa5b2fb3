import TestSupport
import Testing

@testable import Objects

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "-0.5", "9223372036854775807", "-9223372036854775808", "1e+21", "1e-7", "100",
        #"{"a":{"b":[1,2.5,"x"]},"c":null}"#, #""\u003c\u003e\u0026""#, #""\u2028\n\t\b\f\u0001""#, #""é😀""#,
    ])
    func roundTrip(_ text: String) throws {
        #expect(encoded(try JSONParser.parse(text)) == text)
    }

    @Test(arguments: [
        ("1.0", "1"), ("1E2", "100"), ("123456789012345678901234567890", "1.2345678901234568e+29"), ("-0", "0"),
        (#""\ud83d\ude00""#, "\"😀\""), (#""\/""#, "\"/\""), (" [ 1 , 2 ] \n", "[1,2]"), ("0.000001", "0.000001"),
    ])
    func normalised(_ text: String, _ expected: String) throws {
        #expect(encoded(try JSONParser.parse(text)) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "NaN", "01", "1.", ".5", "+1", "1e", "[1,]", "[1 2]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "\"a",
        "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "1 2", "{}}", "1e999", "-", "'a'",
    ])
    func refused(_ text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func invalidUTF8IsRefused() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xC0, 0x80, 0x22]) }
    }

    @Test func duplicatesCarryTheirPathAndTheLastOneCounts() throws {
        let text = #"{"spec":{"list":[{"x":1},{"x":1,"x":2}],"k":1,"k":3},"a":0,"a":1}"#
        let document = try JSONParser.document(Array(text.utf8))
        #expect(document.duplicates == ["spec.list[1].x", "spec.k", "a"])
        #expect(document.value.at("spec", "k") == 3)
    }

    /// Thirty-two paths through 250 long keys would be a thousand times the body.
    @Test func pathsOfDuplicatesAreShort() throws {
        let keys = (0..<250).map { "\"\($0)" + String(repeating: "k", count: 4_000) + "\":{" }
        let text = "{" + keys.joined() + String(repeating: "\"a\":1,", count: 40) + "\"b\":1"
        let document = try JSONParser.document(Array((text + String(repeating: "}", count: 251)).utf8))
        #expect(document.duplicates.count == JSONParser.maximumDuplicates)
        #expect(document.duplicates.allSatisfy { $0.utf8.count < 3 * FieldPath.maximumLength && $0.hasSuffix(".a") })
        let long = String(repeating: "é", count: 100_000)
        let again = try JSONParser.document(Array("{\"\(long)\":1,\"\(long)\":2}".utf8))
        #expect(again.duplicates.map { $0.utf8.count < 2 * FieldPath.maximumLength } == [true])
    }

    private static let composed = "\u{e9}"
    private static let decomposed = "e\u{301}"

    /// Swift takes the two for the same text; Kubernetes and what is stored do not.
    @Test func textsAreComparedByTheirBytes() throws {
        let (one, other) = (Self.composed, Self.decomposed)
        #expect(JSON.string(one) != JSON.string(other))
        #expect(Set<JSON>([.string(one), .string(other), .string(one)]).count == 2)
        let text = "{\"\(one)\":1,\"\(other)\":2}"
        let document = try JSONParser.document(Array(text.utf8))
        #expect(document.duplicates.isEmpty)
        #expect(JSONEncoder.encode(document.value) == Array(text.utf8))
        #expect(document.value[one] == 1 && document.value[other] == 2)
        var object = JSONObject()
        object[other] = 2
        #expect(document.value != .object(object))
        object[one] = 1
        #expect(document.value == .object(object) && document.value.hashValue == JSON.object(object).hashValue)
    }

    @Test func patchesTellAlikeTextsApart() throws {
        let (one, other) = (Self.composed, Self.decomposed)
        let merged = MergePatch.apply(.object(JSONObject([(other, 2)])), to: .object(JSONObject([(one, 1)])))
        #expect(merged.object?.count == 2)
        let test: JSON = [["op": "test", "path": "/a", "value": .string(other)]]
        #expect(throws: Status.self) { try JSONPatch(test).apply(to: ["a": .string(one)]) }
        let copy: JSON = [["op": "copy", "from": .string("/" + one), "path": .string("/" + other)]]
        #expect(try JSONPatch(copy).apply(to: .object(JSONObject([(one, 1)]))).object?.count == 2)
    }

    /// The sign of the kelvin is a K to Swift.
    @Test func alikeNamesOfFieldsAreUnknown() throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .pods))
        let constraint = JSON.object(JSONObject([("topology\u{212A}ey", "zone")]))
        let pod: JSON = ["metadata": ["name": "p"], "spec": ["topologySpreadConstraints": [constraint]]]
        let warnings = try SchemaCatalog.builtin.decode(pod, as: kind, validation: .warn).warnings
        #expect(warnings.count == 1 && warnings.first?.hasPrefix("unknown field") == true)
    }

    /// All of them have one hash in Swift, which would make a list of a table.
    @Test func manyAlikeKeysStayApart() throws {
        let keys = (0..<4096).map { number in
            (0..<12).map { number >> $0 & 1 == 0 ? Self.composed : Self.decomposed }.joined()
        }
        let members = keys.enumerated().map { "\"\($1)\":\($0)" }
        let value = try JSONParser.parse("{" + members.joined(separator: ",") + "}")
        #expect(value.object?.count == keys.count)
        #expect(value == (try JSONParser.parse("{" + members.reversed().joined(separator: ",") + "}")))
        let lookup = MemberLookup(try #require(value.object))
        #expect(keys.enumerated().allSatisfy { lookup[$1] == .integer(Int64($0)) })
    }

    @Test func depthIsLimited() throws {
        let fits = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(throws: Never.self) { try JSONParser.parse(fits) }
        #expect(throws: JSONError.self) { try JSONParser.parse("[" + fits + "]") }
        #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: "[", count: 1_000_000)) }
    }

    /// 60,000 members take far longer than this if each one is compared with all before it.
    @Test func manyKeysAreNotQuadratic() throws {
        let members = (0..<60_000).map { "\"key-number-\($0)\":\($0)" }
        let reversed = Array(members.reversed())
        let clock = ContinuousClock()
        let time = try clock.measure {
            let one = try JSONParser.parse("{" + members.joined(separator: ",") + "}")
            let other = try JSONParser.parse("{" + reversed.joined(separator: ",") + "}")
            #expect(one == other)
        }
        #expect(time < .seconds(20))
    }

    @Test func randomBytesNeverCrash() {
        let seed = TestSeed.value()
        print("JSON fuzz seed \(seed)")
        var random = SplitMix(state: seed)
        let alphabet = Array(#"{}[]",:\u0123456789eE+-.truefalsn "#.utf8) + [0xE2, 0x80, 0xA8, 0xFF, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }
            guard let value = try? JSONParser.parse(bytes) else { continue }
            let again = try? JSONParser.parse(encoded(value))
            #expect(again.map(encoded) == encoded(value), "seed \(seed): \(bytes)")
        }
    }
}

func encoded(_ value: JSON) -> String { String(decoding: JSONEncoder.encode(value), as: UTF8.self) }

/// A small generator with a printable seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
