import Glibc
import Objects
import Synchronization

@testable import Node

/// Answers an API client as a test says, over a Unix socket. What the test does not know is not found.
final class FakeAPI: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var body: JSON
    }
    typealias Answer = @Sendable (Request) -> JSON?

    let path: String
    private let listener: CInt
    private let answer: Answer
    private let heard = Mutex<[String]>([])

    init(_ path: String, _ answer: @escaping Answer) throws {
        self.path = path
        self.answer = answer
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0, withUnixAddress(path, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw ioError("listen on \(path)")
        }
        SmallStack { [self] in accept() }.start(bytes: 1 << 20)
    }

    /// "METHOD path" of every request so far.
    var requests: [String] { heard.withLock { $0 } }

    func stop() { shutdown(listener, CInt(SHUT_RDWR)) }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { return }
            SmallStack { [self] in serve(connection) }.start(bytes: 1 << 20)
        }
    }

    private func serve(_ connection: CInt) {
        defer { close(connection) }
        var bytes: [UInt8] = []
        while let request = next(connection, &bytes) {
            heard.withLock { $0.append("\(request.method) \(request.path)") }
            let found = answer(request)
            let missing: JSON = ["kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound"]
            var body = found ?? missing
            if found == nil {
                body["code"] = 404
                body["message"] = "not found"
            }
            let text = JSONEncoder.encode(body)
            let head =
                "HTTP/1.1 \(found == nil ? "404 Not Found" : "200 OK")\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(text.count)\r\n\r\n"
            do { try Files.writeAll(connection, Array(head.utf8) + text, named: "a connection") } catch { return }
        }
    }

    private func next(_ connection: CInt, _ bytes: inout [UInt8]) -> Request? {
        while true {
            if let request = FakeAPI.parse(&bytes) { return request }
            var buffer = [UInt8](repeating: 0, count: 16384)
            let got = read(connection, &buffer, buffer.count)
            guard got > 0 else { return nil }
            bytes += buffer[..<got]
        }
    }

    /// Takes a whole request off the front.
    private static func parse(_ bytes: inout [UInt8]) -> Request? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: bytes[..<start], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).filter { $0 != " " }) }
        let bodyStart = start + end.count
        guard words.count == 3, bytes.count >= bodyStart + (length ?? 0) else { return nil }
        let body = Array(bytes[bodyStart..<(bodyStart + (length ?? 0))])
        bytes.removeFirst(bodyStart + body.count)
        return Request(method: words[0], path: words[1], body: (try? JSONParser.parse(body)) ?? .null)
    }
}

func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
