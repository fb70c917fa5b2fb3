import Objects
import Testing

@testable import CLI

@Suite struct YAMLReaderTests {
    /// Oracle: `kubectl label --local -o json` of kubectl 1.37.
    @Test(
        arguments: [
            ("yes", true), ("\"yes\"", "yes"), ("y", true), ("N", false), ("on", true), ("~", nil), ("", nil),
            ("0644", 420), ("0o14", 12), ("0x1F", 31), ("0b101", 5), ("1_000", 1000), ("+12", 12), ("08", 8),
            ("1Gi", "1Gi"), ("500m", "500m"), ("2001-01-01", "2001-01-01"), ("12:30:45", "12:30:45"), ("=", "="),
            ("1e3", 1000), ("1.0", 1), (".5", .number(0.5)), ("1.50", .number(1.5)), ("!!str 123", "123"),
            ("'0644'", "0644"),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9223372036854775808)),
            ("-", ["x", "z"]),
        ] as [(String, JSON)])
    func scalars(text: String, value: JSON) throws {
        let yaml = text == "-" ? "a:\n- x\n- z" : "a: \(text)"
        let read = try YAMLReader.documents(yaml).first?.value["a"]
        let expected: JSON = value
        switch (read, expected) {
        // A whole number may be either kind; what matters is how it is written.
        case (.number(let a)?, .integer(let b)), (.integer(let b)?, .number(let a)): #expect(a == Double(b))
        default: #expect(read == expected)
        }
    }

    @Test func membersKeepTheirOrder() throws {
        let document = try #require(try YAMLReader.documents("kind: A\napiVersion: v1\nb: 1\na: 2").first)
        #expect(document.value.object?.keys == ["kind", "apiVersion", "b", "a"])
    }

    @Test func documentsKnowTheirLines() throws {
        let documents = try YAMLReader.documents("---\na: 1\n---\n# nothing\n---\n\nb: 2\n")
        #expect(documents.map(\.line) == [2, 7])
    }

    @Test func jsonIsReadAsJSON() throws {
        let documents = try YAMLReader.documents("\n{\"a\":\t\"\\ud83d\\ude00\"}")
        #expect(documents.first?.value["a"]?.string == "😀")
    }

    @Test func anchorsAndMergesWork() throws {
        let text = "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\n"
        let value = try #require(try YAMLReader.documents(text).first?.value["use"])
        #expect(value == ["z": 3, "x": 1])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", 1), ("a: [1\nb: 2\n", 2), ("a: b: c\n", 1), ("x: *nowhere\n", 1), ("a: .inf\n", 1),
        ("a:\n  b: 1\n c: 2\n", 3), ("a: 1\n\tb: 2", 2),
    ])
    func problemsHaveALine(text: String, line: Int) {
        let problem = #expect(throws: YAMLProblem.self) { try YAMLReader.documents(text) }
        #expect(problem?.line == line, "\(problem?.message ?? "")")
    }

    @Test func aBillionLaughsIsRefused() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(throws: YAMLProblem.self) { try YAMLReader.documents(text) }
    }

    @Test func deepNestingIsRefused() {
        #expect(throws: YAMLProblem.self) { try YAMLReader.documents(String(repeating: "[", count: 100_000)) }
        let nested = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        #expect(throws: YAMLProblem.self) { try YAMLReader.documents("a: " + nested) }
    }
}
