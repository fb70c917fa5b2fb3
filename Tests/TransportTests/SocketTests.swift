import Glibc
import Testing
import TransportTestSupport

@testable import Transport

@Suite struct SocketTests {
    private static func mode(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test func makesTheSocketWithItsModeWhateverTheUmask() throws {
        let folder = TemporaryFolder()
        let socket = try UnixListener.bind(path: folder["s"], name: "api", mode: 0o660)
        #expect(Self.mode(folder["s"]) == 0o660)
        close(socket.descriptor)
    }

    @Test func refusesASocketThatIsServed() async throws {
        let server = try await EchoServer()
        let error = #expect(throws: SocketError.self) { try UnixListener.bind(path: server.path, name: "api") }
        #expect(error?.description.contains("another daemon serves") == true)
        // Also without the lock file, which somebody may have removed.
        unlink("\(server.path).lock")
        let again = #expect(throws: SocketError.self) { try UnixListener.bind(path: server.path, name: "api") }
        #expect(again?.description.contains("another process answers") == true)
        await server.stop()
    }

    @Test func replacesAStaleSocketAndNothingElse() throws {
        let folder = TemporaryFolder()
        let first = try UnixListener.bind(path: folder["s"], name: "api")
        close(first.descriptor)
        unlink("\(folder["s"]).lock")
        let second = try UnixListener.bind(path: folder["s"], name: "api")
        close(second.descriptor)
        close(open(folder["file"], O_CREAT, 0o600))
        #expect(throws: SocketError.self) { try UnixListener.bind(path: folder["file"], name: "api") }
        symlink(folder["s"], folder["link"])
        #expect(throws: SocketError.self) { try UnixListener.bind(path: folder["link"], name: "api") }
        #expect(throws: SocketError.self) {
            try UnixListener.bind(path: folder[String(repeating: "x", count: 120)], name: "api")
        }
    }

    @Test(
        arguments: [
            ("7", "2", "api:etcd", ["api", "etcd"]),
            ("7", "2", "berthd-api.socket:berthd-etcd.socket", ["api", "etcd"]),
            ("7", "1", nil, [""]),
            ("8", "2", "api:etcd", []),
            (nil, "2", "api:etcd", []),
            ("7", "x", "api", []),
            ("7", "-1", "api", []),
            ("7", "1000000", "api", []),
        ] as [(String?, String?, String?, [String])])
    func readsInheritedSockets(_ pid: String?, _ count: String?, _ names: String?, expected: [String]) {
        let sockets = InheritedSockets.parse(pid: pid, count: count, names: names, process: 7)
        #expect(sockets.map(\.name) == expected)
        #expect(sockets.map(\.descriptor) == expected.indices.map { CInt(3 + $0) })
    }
}
