internal import NIOConcurrencyHelpers
package import NIOCore
internal import NIOPosix

/// Serves the zone on sockets that are bound already. Its records may change at any time, from any thread; an answer
/// comes from one state of them.
package final class DNSServer: Sendable {
    /// One lock, held for a question's microseconds: faster than `Mutex` when both sides are busy.
    private let zone: NIOLockedValueBox<Zone>
    private let group: any EventLoopGroup
    private let channels = NIOLockedValueBox<[any Channel]>([])
    private let connections = ConnectionLimit(256)
    private let counts = NIOLockedValueBox(DNSCounts())
    private let watched = WatchedSockets()

    package init(group: any EventLoopGroup, options: Zone.Options) {
        self.group = group
        zone = NIOLockedValueBox(Zone(options))
    }

    package func update(_ change: (inout ZoneRecords) -> Void) { zone.withLockedValue { change(&$0.records) } }

    /// Takes the descriptors over.
    package func serve(_ socket: DNSSocket) async throws {
        switch socket.transport {
        case .datagrams: try await serveDatagrams(socket.descriptor)
        case .streams: try await serveStreams(socket.descriptor)
        }
    }

    package var figures: DNSFigures {
        let (services, serial) = zone.withLockedValue { ($0.records.serviceCount, $0.records.serial) }
        return DNSFigures(
            counts: counts.withLockedValue { $0 }, connections: connections.open, drops: watched.drops,
            services: services, serial: serial)
    }

    package func shutDown() async {
        let open = channels.withLockedValue { channels in
            defer { channels = [] }
            return channels
        }
        for channel in open { try? await channel.close() }
        watched.close()
    }

    // MARK: Answers

    /// nil: nothing is sent back.
    func datagram(_ bytes: [UInt8]) -> [UInt8]? {
        let answer = answer(bytes) { query in query.edns.map { min($0.payloadSize, DNSResponse.datagramSize) } ?? 512 }
        counts.withLockedValue { $0.add(answer, isStream: false) }
        return answer
    }

    func message(_ bytes: [UInt8]) -> [UInt8]? {
        let answer = answer(bytes) { _ in Int(UInt16.max) }
        counts.withLockedValue { $0.add(answer, isStream: true) }
        return answer
    }

    private func answer(_ bytes: [UInt8], limit: (DNSQuery) -> Int) -> [UInt8]? {
        do throws(DNSQuery.Fault) {
            let query = try DNSQuery(bytes)
            let response = zone.withLockedValue { $0.answer(query) }
            return response.encoded(for: query, limit: limit(query), lifetime: Zone.lifetime)
        } catch {
            return DNSResponse.bytes(for: error)
        }
    }

    // MARK: Channels

    private func serveDatagrams(_ descriptor: CInt) async throws {
        watched.add(descriptor)
        let channel = try await DatagramBootstrap(group: group)
            // As many as have come are read and answered in one go each.
            .channelOption(.datagramVectorReadMessageCount, value: 32)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 32 * 4096))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler { self.datagram($0) })
                }
            }
            .withBoundSocket(descriptor).get()
        channels.withLockedValue { $0.append(channel) }
    }

    private func serveStreams(_ descriptor: CInt) async throws {
        let channel = try await ServerBootstrap(group: group)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 1 << 20))
            .childChannelInitializer { channel in
                guard self.connections.enter() else {
                    return channel.eventLoop.makeFailedFuture(TooManyConnections())
                }
                channel.closeFuture.whenComplete { _ in self.connections.leave() }
                return channel.eventLoop.makeCompletedFuture {
                    let handler = StreamHandler { self.message($0) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .withBoundSocket(descriptor).get()
        channels.withLockedValue { $0.append(channel) }
    }
}

private struct TooManyConnections: Error {}

/// Whoever opens connections and leaves them must not keep others out for longer than the idle time.
private final class ConnectionLimit: Sendable {
    private let limit: Int
    private let count = NIOLockedValueBox(0)

    init(_ limit: Int) { self.limit = limit }

    func enter() -> Bool {
        count.withLockedValue { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLockedValue { $0 -= 1 } }

    var open: Int { count.withLockedValue { $0 } }
}
