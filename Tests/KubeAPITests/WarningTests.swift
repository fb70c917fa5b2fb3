import Testing
import Transport

@testable import KubeAPI

/// `Warning` fields have the bounds that they have upstream.
@Suite struct WarningTests {
    private func fields(_ calls: [String]...) -> [String] {
        var response = HTTPResponse(status: 200)
        for warnings in calls { response.addWarnings(warnings) }
        return response.head.headers.values("Warning")
    }

    @Test func eachIsSaidOnce() {
        #expect(fields(["a", "b", "a"], ["b", "", "c"], []) == [#"299 - "a""#, #"299 - "b""#, #"299 - "c""#])
    }

    @Test func textsAreQuotedOnce() {
        let text = #"unknown field "x\y""#
        let quoted = #"299 - "unknown field \"x\\y\"""#
        #expect(fields([text], ["z"], [text]) == [quoted, #"299 - "z""#])
        #expect(fields(["a\r\nSet-Cookie: b\u{0}\u{2028}\u{7f}"]) == [#"299 - "aSet-Cookie: b""#])
    }

    @Test func whatIsMoreThanAllIsCut() {
        let fits = String(repeating: "\u{e9}", count: 4096)
        #expect(fields([fits]) == [#"299 - "\#(fits)""#])
        #expect(fields([fits + "x"]) == [#"299 - "\#(fits.prefix(256))""#])
        let long = (0..<10).map { "\($0)" + String(repeating: "a", count: 999) }
        #expect(fields(long) == long.map { #"299 - "\#($0.prefix(256))""# })
    }

    @Test(arguments: [1, 3])
    func manyAreLeftOut(_ times: Int) {
        var response = HTTPResponse(status: 200)
        for round in 0..<times { response.addWarnings((0..<10_000).map { "warning \(round) \($0)" }) }
        let fields = response.head.headers.values("Warning")
        #expect(fields.first == #"299 - "warning 0 0""#)
        #expect(fields.count > 100)
        #expect(fields.reduce(0) { $0 + $1.count - 8 } < 4096 + 256)
    }

    @Test func aBodyOfUnknownFieldsIsAnswered() async throws {
        let server = try await APITestServer()
        let unknown = (0..<2000).map { #","unknown\#($0)":1"# }.joined()
        let made = try await server.call(
            "POST", "/api/v1/namespaces/default/configmaps", #"{"metadata":{"name":"a"}\#(unknown)}"#)
        #expect(made.status == 201)
        #expect(made.head.contains("unknown0"))
        #expect(made.head.utf8.count < 16_384)
        await server.stop()
    }
}
