import Glibc
import Objects
import Testing

@testable import KubeAPI

/// Whatever comes as YAML: a value or an error, never a crash and never more than was sent. BERTH_FUZZ_ROUNDS=N multiplies the
/// rounds.
@Suite struct YAMLFuzzTests {
    private static let rounds = 3_000 * (getenv("BERTH_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 1)
    private static let document = """
        apiVersion: v1  # comment
        kind: ConfigMap
        metadata: {name: a, labels: {"x": 'y', z: [1, 2.5, true, ~]}}
        data:
          text: |-
            one
              two
          folded: >
            three
            four
          "quoted\\n": 'it''s'
        list:
        - a: 1
          b: 2
        - - nested
          - 0x10
        """

    /// Bytes that mean something in YAML.
    private static let signs = Array(" \t\n-:{}[]&*!|>'\"%@#?,".utf8)

    @Test func mutations() {
        var generator = LinearGenerator(state: 7)
        for _ in 0..<Self.rounds {
            var bytes = Array(Self.document.utf8)
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes.removeSubrange(place..<min(place + 5, bytes.count))
                case 2: bytes.insert(contentsOf: bytes[max(0, place - 6)...place], at: place)
                default: bytes.insert(Self.signs[place % Self.signs.count], at: place)
                }
            }
            guard let value = try? YAMLParser.parse(bytes).value else { continue }
            #expect(JSONEncoder.encode(value).count <= 8 * bytes.count + 64)
        }
    }

    @Test func bombs() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 200_000)
        #expect(throws: YAMLError.self) { try YAMLParser.parse(deep) }
        let dashes = Array(String(repeating: "- ", count: 100_000).utf8)
        #expect(throws: YAMLError.self) { try YAMLParser.parse(dashes) }
        // Ten to the tenth strings, were they made.
        var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<10 {
            let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            laughs += "a\(level): &a\(level) [\(uses)]\n"
        }
        #expect(throws: YAMLError.self) { try YAMLParser.parse(Array(laughs.utf8)) }
    }
}

/// Knuth's MMIX constants: a failure comes again.
private struct LinearGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }
}
