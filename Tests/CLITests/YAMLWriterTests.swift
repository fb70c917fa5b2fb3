import Objects
import Testing

@testable import CLI

@Suite struct YAMLWriterTests {
    /// Oracle: `kubectl label --local -o yaml` of kubectl 1.37.
    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("true", "\"true\""), ("123", "\"123\""), ("1Gi", "1Gi"), ("1e3", "\"1e3\""),
        ("null", "\"null\""), ("a: b", "'a: b'"), ("a:b", "a:b"), ("a #b", "'a #b'"), ("- a", "'- a'"), ("-a", "-a"),
        ("'q'", "'''q'''"), ("a\"b", "a\"b"), ("@a", "'@a'"), ("*a", "'*a'"), (" a", "' a'"), ("a ", "'a '"),
        ("tab\tx", "\"tab\\tx\""), ("a\nb", "|-\n    a\n    b"), ("a\n", "|\n    a"), ("a\n\n", "|+\n    a\n"),
        ("a \nb", "\"a \\nb\""), (" a\nb", "|2-\n     a\n    b"), ("2001-01-01", "\"2001-01-01\""), ("é", "é"),
        ("😀", "\"\\U0001F600\""), ("190:20:30", "\"190:20:30\""), ("---", "'---'"), ("\n", "|2+\n"),
    ])
    func strings(text: String, written: String) {
        #expect(YAMLWriter.text(["a": ["b": .string(text)]]) == "a:\n  b: \(written)\n")
    }

    @Test func longLinesBreakAtSpaces() {
        let words = Array(repeating: "word", count: 30).joined(separator: " ")
        let lines = YAMLWriter.text(["a": .string(words)]).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix("  word"))
        #expect(
            YAMLWriter.text(["a": .string(words)]) == "a: \(words.prefix(79)) \n  ".replacing(" \n", with: "\n")
                + words.dropFirst(80) + "\n")
    }

    @Test func structure() {
        let value: JSON = [
            "b": [["y": 1, "x": [["z": nil]]], "s", [1, 2], [:], []], "a": ["c": [:], "d": []], "A": true,
        ]
        #expect(
            YAMLWriter.text(value) == """
                A: true
                a:
                  c: {}
                  d: []
                b:
                - x:
                  - z: null
                  "y": 1
                - s
                - - 1
                  - 2
                - {}
                - []

                """)
    }

    @Test func keysAreOrderedAsByKubectl() {
        let keys = ["a10", "a2", "a1", "b", "B", "a.b", "a-b", "ab", "a_b"]
        #expect(keys.sorted(by: YAMLKeyOrder.precedes) == ["B", "a-b", "a.b", "a_b", "a1", "a2", "a10", "ab", "b"])
    }

    @Test func whatIsWrittenReadsBack() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next() as UInt64
        var random = SplitMix(state: seed)
        for _ in 0..<300 {
            let value: JSON = ["v": Self.random(&random, depth: 0)]
            let text = YAMLWriter.text(value)
            let read = try YAMLReader.documents(text).first?.value
            #expect(read == value, "seed \(seed)\n\(text)")
        }
    }

    private static let pieces = [
        "a", "B", "1", "0", " ", "  ", ":", "#", "-", "\n", "'", "\"", "{", "]", ",", "\\", "é", "日本", "\t", "true",
        "~", "1e3",
        "longer words of text", "\r", "|", ">", "?", "%", "=",
    ]

    private static func random(_ random: inout SplitMix, depth: Int) -> JSON {
        switch random.next(below: depth > 3 ? 6 : 9) {
        case 0: .null
        case 1: .bool(random.next(below: 2) == 0)
        case 2: .integer(Int64(bitPattern: random.next()))
        case 3, 4, 5:
            .string((0..<random.next(below: 12)).map { _ in pieces[random.next(below: pieces.count)] }.joined())
        case 6: .array((0..<random.next(below: 4)).map { _ in Self.random(&random, depth: depth + 1) })
        default:
            .object(
                JSONObject(
                    (0..<random.next(below: 4)).map { index in
                        (key: "\(pieces[random.next(below: 5)])\(index)", value: Self.random(&random, depth: depth + 1))
                    }))
        }
    }
}

/// A random generator whose seed can be printed and used again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
