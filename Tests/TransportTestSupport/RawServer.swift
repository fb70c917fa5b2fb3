import Glibc
import NIOPosix

/// A listening Unix socket whose connections say what bytes they are sent, for what a server would make requests of.
package final class RawServer: Sendable {
    private let descriptor: CInt

    package init(path: String) throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        guard withUnixAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 16) == 0 else {
            throw RawClient.Failure(description: "listen: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// The server's end of the next connection.
    package func accept(within seconds: Int = 10) async throws -> RawClient {
        try await waitingThreads.runIfActive { [descriptor] in
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, CInt(seconds) * 1000) > 0 else {
                throw RawClient.Failure(description: "nobody connects")
            }
            let connection = Glibc.accept(descriptor, nil, nil)
            guard connection >= 0 else {
                throw RawClient.Failure(description: "accept: \(String(cString: strerror(errno)))")
            }
            return RawClient(descriptor: connection)
        }
    }
}
