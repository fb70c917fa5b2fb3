import NIOCore
import NIOPosix
import Objects
import Registry
import TestSupport
import Transport
import TransportTestSupport

@testable import KubeAPI

/// The API on a real socket over an engine in memory.
final class APITestServer: Sendable {
    let folder = TemporaryFolder()
    let registry: Registry
    private let server: HTTPServer

    var path: String { folder["api.sock"] }
    var nodeSocket: String { folder["node.sock"] }

    init(
        rules: IdentityRules? = nil, limits: Limits = Limits(),
        _ configure: (inout APIOptions, TemporaryFolder) throws -> Void = { _, _ in }
    ) async throws {
        let registry = Registry(engine: MemoryEngine())
        try await registry.bootstrap()
        self.registry = registry
        var options = APIOptions(nodeSocket: folder["node.sock"], version: "0.0.0")
        try configure(&options, folder)
        let api =
            rules.map { APIServer(registry: registry, options: options, rules: $0) }
            ?? APIServer(registry: registry, options: options)
        server = HTTPServer(group: MultiThreadedEventLoopGroup.singleton, responder: api, limits: limits)
        try await server.serve(try UnixListener.bind(path: folder["api.sock"], name: "api"))
    }

    func stop() async { await server.shutDown(grace: .zero) }

    /// One request on a connection of its own.
    func call(
        _ method: String, _ target: String, _ body: String? = nil, type: String = "application/json",
        accept: String = "application/json", bearer: String? = nil
    ) async throws -> Answer {
        var request = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nAccept: \(accept)\r\nConnection: close\r\n"
        if let bearer { request += "Authorization: Bearer \(bearer)\r\n" }
        if let body { request += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        let text = try await RawClient(path: path).exchange(request + "\r\n" + (body ?? ""))
        return try Answer(text)
    }
}

struct Answer {
    let status: Int
    let head: String
    let body: String

    init(_ text: String) throws {
        let parts = text.components(separatedBy: "\r\n\r\n")
        guard parts.count >= 2, let code = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw RawClient.Failure(description: "no answer: \(text.prefix(500))")
        }
        status = code
        head = parts[0]
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }

    var json: JSON { (try? JSONParser.parse(body)) ?? .null }
    subscript(path: String...) -> JSON? { json.at(path) }
    var names: [String] { (json["items"]?.array ?? []).compactMap { $0.at("metadata", "name")?.string } }
}

extension String {
    func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
