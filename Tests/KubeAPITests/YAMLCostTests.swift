import NIOCore
import Objects
import Testing

@testable import KubeAPI

/// Documents made to cost far more than their bytes. The times are for a debug build on a busy machine; what grows with
/// the square of these bodies takes minutes.
@Suite struct YAMLCostTests {
    private func parse(_ text: String) throws -> YAMLParser.Document { try YAMLParser.parse(Array(text.utf8)) }

    private func expectQuick(_ body: () throws -> Void) rethrows {
        let time = try ContinuousClock().measure(body)
        #expect(time < .seconds(20))
    }

    @Test(arguments: [false, true]) func pathsOfDuplicatesAreFewAndShort(isFlow: Bool) throws {
        let key = String(repeating: "k", count: 100_000)
        let block = "\(key):\n" + String(repeating: " a: 1\n", count: 20_000)
        let flow = "{\(key): {" + String(repeating: "a: 1, ", count: 20_000) + "}}"
        let duplicates = try parse(isFlow ? flow : block).duplicates
        #expect(duplicates.count == JSONParser.maximumDuplicates)
        #expect(duplicates.allSatisfy { $0.utf8.count < 2 * FieldPath.maximumLength && $0.hasSuffix(".a") })
    }

    @Test func pathsLeadThroughListsAndObjects() throws {
        let text = "a:\n- b: {c: [x, {d: 1, d: 2}]}\n  e: 1\n  e: 2\n- - f: 1\n    f: 2\ng: 1\ng: 2\n"
        #expect(try parse(text).duplicates == ["a[0].b.c[1].d", "a[0].e", "a[1][0].f", "g"])
    }

    @Test(arguments: [false, true]) func manyKeysAreNotQuadratic(isFlow: Bool) throws {
        let members = (0..<20_000).map { "key-number-\($0): 1" }
        let text = isFlow ? "{" + members.joined(separator: ", ") + "}" : members.joined(separator: "\n")
        try expectQuick {
            let count = try parse(text).value.object?.count
            #expect(count == members.count)
        }
    }

    @Test func longRowsOfBlanksAreNotQuadratic() throws {
        let row = "a" + String(repeating: " ", count: 300_000) + "b"
        let expected: [(String, JSON)] = [
            (row, .string(row)), ("k: \(row) # comment\n", ["k": .string(row)]), ("- \(row)\n", [.string(row)]),
            ("\(row): 1\n", .object(JSONObject([(row, 1)]))),
        ]
        try expectQuick {
            for (text, value) in expected {
                let isRead = try parse(text).value == value
                #expect(isRead)
            }
        }
    }

    /// Every level that ends looks at the indentation of the line behind it.
    @Test func longIndentationIsReadOnce() throws {
        let line = String(repeating: " ", count: 4_000) + String(repeating: "- ", count: 90) + "x\n"
        try expectQuick {
            let value = try parse("a:\n" + String(repeating: line, count: 90)).value
            #expect(value["a"]?.array?.count == 90)
        }
    }
}

@Suite struct PrettyJSONTests {
    /// What the etcd API has stored need not be JSON.
    @Test(arguments: ["}}", "]]]{", "{]}", ",}:[", "\"}}"]) func whatIsNoJSONIsWritten(_ text: String) {
        let out = String(buffer: PrettyJSON.format(ByteBuffer(string: text)))
        #expect(out.filter { !$0.isWhitespace } == text)
    }

    @Test func aRowOfBracketsIsNotItsSquare() {
        let row = String(repeating: "[", count: 20_000)
        #expect(PrettyJSON.format(ByteBuffer(string: row)).readableBytes < 140 * row.utf8.count)
    }
}
