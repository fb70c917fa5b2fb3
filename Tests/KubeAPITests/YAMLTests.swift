import Objects
import Testing

@testable import KubeAPI

@Suite struct YAMLTests {
    private static let good: [(String, String)] = [
        ("a: 1\nb: two\n", #"{"a":1,"b":"two"}"#),
        ("# c\n---\na:\n  b:\n    c: true # t\n", #"{"a":{"b":{"c":true}}}"#),
        ("l:\n- 1\n- a: x\n  b: w\n-\n  - z\n", #"{"l":[1,{"a":"x","b":"w"},["z"]]}"#),
        ("l:\n  - - a\n    - b\n  - c\n", #"{"l":[["a","b"],"c"]}"#),
        ("a: [1, \"two\", {b: c, d: [e]}]\nf: {}\n", #"{"a":[1,"two",{"b":"c","d":["e"]}],"f":{}}"#),
        ("a: [\n  1,\n  2 # c\n]\n", #"{"a":[1,2]}"#),
        ("a: |\n  x\n   y\n\n  z\nb: 1\n", #"{"a":"x\n y\n\nz\n","b":1}"#),
        ("a: |-\n  x\n\nb: >\n  one\n  two\n\n  three\n", #"{"a":"x","b":"one two\nthree\n"}"#),
        ("a: |+\n  x\n\n", #"{"a":"x\n\n"}"#),
        ("a: plain\n  goes on\nb: 'it''s'\n", #"{"a":"plain goes on","b":"it's"}"#),
        ("a: \"x\\ty\\u00e9\\\n  z\"\n", #"{"a":"x\ty\u00e9z"}"#),
        (
            "a: ~\nb:\nc: null\nd: yes\ne: 'yes'\nf: off\n",
            #"{"a":null,"b":null,"c":null,"d":true,"e":"yes","f":false}"#
        ),
        (
            "a: 0x1f\nb: 010\nc: 1_000\nd: 1.5\ne: 1e3\nf: 1.2.3\ng: 2001-01-01\n",
            #"{"a":31,"b":8,"c":1000,"d":1.5,"e":1e3,"f":"1.2.3","g":"2001-01-01"}"#
        ),
        ("a: http://x/y#z\nb: a:b\n\"q k\": 1\n1: 2\n", #"{"a":"http://x/y#z","b":"a:b","q k":1,"1":2}"#),
        ("{\"a\": [1, {\"b\": null}]}", #"{"a":[1,{"b":null}]}"#),
        ("a: b\r\nc: d\r\n", #"{"a":"b","c":"d"}"#),
        ("a:\n- b\n- c\nd: e\n...\n", #"{"a":["b","c"],"d":"e"}"#),
        ("", "null"),
        ("command: [\"sh\", \"-c\", \"echo a: b\"]\n", #"{"command":["sh","-c","echo a: b"]}"#),
        ("args:\n  - --x=1\n  - -c\n  - |\n    a\n    b\n", #"{"args":["--x=1","-c","a\nb\n"]}"#),
    ]

    @Test(arguments: good) func reads(_ text: String, json: String) throws {
        let value = try YAMLParser.parse(Array(text.utf8)).value
        #expect(value == (try JSONParser.parse(json)), "\(String(decoding: JSONEncoder.encode(value), as: UTF8.self))")
    }

    @Test(arguments: [
        "a: &x 1\nb: *x\n", "a: !!binary x\n", "a: b: c\n", "a:\n\t- b\n", "a: [1, 2\n", "a: \"x\n", "a\nb: c\n",
        "a: 1\n  b: 2\n", "? a\n: b\n", "a: 1\n---\nb: 2\n", "a: .inf\n", "a: @x\n", "- a\nb: c\n",
        String(repeating: "[", count: 200), String(repeating: "- ", count: 200) + "a", "a: \"\\q\"\n",
    ])
    func refuses(_ text: String) {
        #expect(throws: YAMLError.self, "\(text)") { try YAMLParser.parse(Array(text.utf8)) }
    }

    @Test func tellsOfDuplicateKeys() throws {
        let document = try YAMLParser.parse(Array("a:\n  b: 1\n  b: 2\n".utf8))
        #expect(document.duplicates == ["a.b"])
        #expect(document.value.at("a", "b") == 2)
    }

    /// Whatever the bytes, there is an answer: no trap and no endless loop.
    @Test func survivesNoise() {
        var generator = SplitMix(state: 42)
        let pieces = [
            "a", ":", " ", "\n", "- ", "\"", "'", "[", "]", "{", "}", ",", "|", ">", "#", "\\", "\t", "1", "---",
            "\r\n",
        ]
        for _ in 0..<3000 {
            let count = Int(generator.next() % 24)
            let text = (0..<count).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }.joined()
            _ = try? YAMLParser.parse(Array(text.utf8))
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
