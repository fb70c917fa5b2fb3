import Glibc
import NIOPosix

/// Threads for what blocks. The shared pool has as many as the machine has cores: tests that wait at the same time would
/// wait for each other, and what a test measures with a clock would be that.
let waitingThreads: NIOThreadPool = {
    let threads = NIOThreadPool(numberOfThreads: 64)
    threads.start()
    return threads
}()

/// A client that sends and receives raw bytes, for what a well-behaved HTTP client would never do. Its blocking calls
/// run on a thread pool of their own, so that they cannot starve what they talk to.
package final class RawClient: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    private let descriptor: CInt

    package init(path: String, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<CInt>.size))
        }
        let isConnected = withUnixAddress(path) { connect(self.descriptor, $0, $1) } == 0
        guard isConnected else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
    }

    /// The other end of a connection, which a `RawServer` has accepted.
    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) async throws {
        try await waitingThreads.runIfActive { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    let rest = UnsafeRawBufferPointer(rebasing: $0[sent...])
                    return Glibc.send(descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
                sent += count
            }
        }
    }

    /// What arrives until `enough` says so, or the end of the connection; fails after `seconds`.
    package func receive(within seconds: Int = 10, until enough: @escaping @Sendable (String) -> Bool) async throws
        -> String
    {
        try await waitingThreads.runIfActive { [descriptor] in
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let end = time(nil) + seconds
            while !enough(String(decoding: received, as: UTF8.self)) {
                var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard time(nil) <= end, poll(&poller, 1, CInt(seconds) * 1000) > 0 else {
                    throw Failure(
                        description: "timeout; so far: \(String(decoding: received.prefix(2000), as: UTF8.self))")
                }
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count <= 0 { break }
                received += buffer[..<count]
            }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// So many bytes, fewer only at the end of the connection; fails if none come for `seconds`.
    package func receive(count: Int, within seconds: Int = 10) async throws -> [UInt8] {
        try await waitingThreads.runIfActive { [descriptor] in
            var received: [UInt8] = []
            while received.count < count {
                var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&poller, 1, CInt(seconds) * 1000) > 0 else { throw Failure(description: "timeout") }
                var buffer = [UInt8](repeating: 0, count: count - received.count)
                let size = recv(descriptor, &buffer, buffer.count, 0)
                if size <= 0 { break }
                received += buffer[..<size]
            }
            return received
        }
    }

    package func receiveToEnd(within seconds: Int = 10) async throws -> String {
        try await receive(within: seconds) { _ in false }
    }

    /// Sends a request that ends its connection and returns the whole answer.
    package func exchange(_ request: String) async throws -> String {
        try await send(request)
        return try await receiveToEnd()
    }
}

func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}

/// A folder of its own below TMPDIR, removed at the end.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/berth-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { name in
            name.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
        precondition(!path.isEmpty, "no temporary folder")
    }

    package subscript(name: String) -> String { "\(path)/\(name)" }

    deinit { Self.removeTree(path) }

    private static func removeTree(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name == "." || name == ".." { continue }
                if entry.pointee.d_type == UInt8(DT_DIR) {
                    removeTree("\(path)/\(name)")
                } else {
                    unlink("\(path)/\(name)")
                }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}
