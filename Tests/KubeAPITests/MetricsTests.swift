import NIOCore
import Objects
import Testing
import TransportTestSupport

@testable import KubeAPI

@Suite struct MetricsTests {
    private func series(_ text: String) -> Int {
        text.split(separator: "\n").filter { $0.hasPrefix("apiserver_request_total{") }.count
    }

    /// Whoever can send a request must not be able to make the server remember it.
    @Test func unknownMethodsAreOneSeries() throws {
        let metrics = RequestMetrics()
        let resource = Router(catalog: .builtin).route("/api/v1/nodes")
        for route in [Route.version, resource] {
            metrics.record(route, "GET", nil, status: 200, since: .now())
            metrics.record(route, "BREW", nil, status: 405, since: .now())
        }
        let before = series(metrics.text())
        #expect(before == 4)
        for index in 0..<1000 {
            for route in [Route.version, resource] {
                metrics.record(route, "METHOD\(index)", nil, status: 405, since: .now())
            }
        }
        #expect(series(metrics.text()) == before)
        #expect(metrics.text().contains(#"apiserver_request_total{verb="OTHER",resource="",code="405"} 1001"#))
        #expect(metrics.text().contains(#"verb="LIST",resource="nodes",code="200""#))
    }

    /// HTTP/2 takes any text for a method.
    @Test func methodsOfHTTP2GetIntoNoLabel() async throws {
        let server = try await APITestServer()
        let client = try await RawHTTP2(path: server.path)
        try await client.send(.request(1, "BREW", "/version", ends: true))
        #expect(try await client.body(of: 1).contains("405"))
        let refused = [#"X"}injected{a="b"#, "GET/", "(GET)", String(repeating: "M", count: 33)]
        for (index, method) in refused.enumerated() {
            let stream = UInt32(3 + 2 * index)
            try await client.send(.request(stream, method, "/version", ends: true))
            #expect(try await client.body(of: stream).contains("pseudo-header"), "\(method)")
        }
        let metrics = try await server.call("GET", "/metrics").body
        #expect(metrics.contains(#"apiserver_request_total{verb="OTHER",resource="",code="405"} 1"#))
        for text in ["BREW", "injected", "MMM", "GET/"] { #expect(!metrics.contains(text), "\(text)") }
        await server.stop()
    }
}
