import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// Connections to one socket. Idle ones are kept for the next request; there is no upper limit on busy ones, because a
/// watch holds its connection for as long as it runs.
final class ConnectionPool: Sendable {
    private struct Idle {
        var channels: [any Channel] = []
        var isShutDown = false
    }

    let endpoint: APIEndpoint
    private let group: any EventLoopGroup
    private let idle = NIOLockedValueBox(Idle())
    private static let idleLimit = 8
    /// How long a full backlog of the listener is waited for; `connect` on a Unix socket does not queue by itself.
    private static let backlogPatience: Duration = .seconds(10)

    init(endpoint: APIEndpoint, group: any EventLoopGroup) {
        self.endpoint = endpoint
        self.group = group
    }

    /// A connection that was used before and still looks open.
    func takeIdle() -> (any Channel)? {
        idle.withLockedValue { idle in
            while let channel = idle.channels.popLast() {
                if channel.isActive { return channel }
            }
            return nil
        }
    }

    /// - Throws: `ClientError`
    func connect() async throws -> any Channel {
        let pool = self
        let channel = try await open { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(
                    ExchangeHandler(closedError: .disconnected(pool.endpoint)) { [weak pool] in pool?.keep($0) })
            }
        }
        return channel
    }

    /// Connects and lets `configure` set up the pipeline; waits a little while the listener's backlog is full.
    func open(
        autoRead: Bool = false, _ configure: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        let deadline = ContinuousClock.now + Self.backlogPatience
        var pause = 2
        while true {
            do {
                return try await ClientBootstrap(group: group)
                    .channelOption(.autoRead, value: autoRead)
                    .channelInitializer(configure)
                    .connect(unixDomainSocketPath: endpoint.path)
                    .get()
            } catch let error as IOError where error.errnoCode == EAGAIN && ContinuousClock.now < deadline {
                // Growing and uneven, so that many waiters do not keep the server from accepting.
                try await Task.sleep(for: .milliseconds(Int.random(in: pause / 2...pause)))
                pause = min(pause * 2, 200)
            } catch let error as IOError {
                throw ClientError.connecting(to: endpoint, errno: error.errnoCode)
            } catch let error as SocketAddressError {
                throw ClientError(.unreachable, "\(endpoint.path) cannot be the path of a Unix socket: \(error)")
            }
        }
    }

    func makePromise<Value>(of type: Value.Type) -> EventLoopPromise<Value> { group.any().makePromise(of: type) }

    private func keep(_ channel: any Channel) {
        let kept = idle.withLockedValue { idle in
            guard !idle.isShutDown, idle.channels.count < Self.idleLimit else { return false }
            idle.channels.append(channel)
            return true
        }
        if !kept { channel.close(promise: nil) }
    }

    func shutDown() {
        let channels = idle.withLockedValue { idle in
            defer { idle = Idle(isShutDown: true) }
            return idle.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
