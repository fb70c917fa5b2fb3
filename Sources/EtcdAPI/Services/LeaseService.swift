internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// `etcdserverpb.Lease`.
struct LeaseService: Sendable {
    /// Seconds; etcd `server/lease/lessor.go`.
    static let maximumTTL: Int64 = 9_000_000_000
    /// Seconds: one and a half election timeouts of a default etcd, rounded up.
    static let minimumTTL: Int64 = 2

    let engine: any Engine
    let replies: KVReplies

    var methods: [String: Method] {
        [
            "LeaseGrant": .unary(LeaseGrantCall.self, grant),
            "LeaseRevoke": .unary(LeaseRevokeCall.self, revoke),
            "LeaseTimeToLive": .waiting(LeaseTimeToLiveCall.self, timeToLive),
            "LeaseLeases": .waiting(LeaseLeasesCall.self, leases),
            "LeaseKeepAlive": .streaming(LeaseKeepAliveCall.self, LeaseKeepAliveReply.self) { [self] in
                KeepAliveStream(service: self, stream: $0)
            },
        ]
    }

    private var header: ResponseHeader { replies.header(engine.currentRevision) }

    func grant(_ call: LeaseGrantCall, _ answer: @escaping @Sendable (Result<LeaseGrantReply, GRPCStatus>) -> Void) {
        guard call.ttl <= Self.maximumTTL else { return answer(.failure(EtcdErrors.leaseTTLTooLarge)) }
        let id = call.id != 0 ? call.id : Int64.random(in: 1 ... .max)
        engine.grantLease(id: id, ttlSeconds: max(call.ttl, Self.minimumTTL)) { [self] result in
            answer(
                result.mapError(EtcdErrors.status).map { lease in
                    var reply = LeaseGrantReply()
                    reply.header = header
                    reply.id = lease.id
                    reply.ttl = lease.grantedSeconds
                    return reply
                })
        }
    }

    func revoke(_ call: LeaseRevokeCall, _ answer: @escaping @Sendable (Result<LeaseRevokeReply, GRPCStatus>) -> Void) {
        engine.revokeLease(id: call.id) { [self] result in
            answer(
                result.mapError(EtcdErrors.status).map { revision in
                    var reply = LeaseRevokeReply()
                    reply.header = replies.header(revision)
                    return reply
                })
        }
    }

    /// A lease that is not there is not an error: its TTL is -1.
    func timeToLive(_ call: LeaseTimeToLiveCall) throws(GRPCStatus) -> LeaseTimeToLiveReply {
        var reply = LeaseTimeToLiveReply()
        reply.header = header
        reply.id = call.id
        do throws(StoreError) {
            let (lease, keys) = try engine.lease(id: call.id, withKeys: call.keys)
            reply.ttl = lease.remainingSeconds
            reply.grantedTTL = lease.grantedSeconds
            reply.keys = keys
        } catch {
            guard error.code == .leaseNotFound else { throw EtcdErrors.status(error) }
            reply.ttl = -1
        }
        return reply
    }

    func leases(_ call: LeaseLeasesCall) throws(GRPCStatus) -> LeaseLeasesReply {
        var reply = LeaseLeasesReply()
        reply.header = header
        reply.leases = engine.leases().map { id in
            var status = LeaseStatus()
            status.id = id
            return status
        }
        return reply
    }

    /// A lease that is not there is answered with a TTL of 0: that is how clients learn that it has expired.
    func keepAlive(
        _ call: LeaseKeepAliveCall, _ answer: @escaping @Sendable (Result<LeaseKeepAliveReply, GRPCStatus>) -> Void
    ) {
        engine.renewLease(id: call.id) { [self] result in
            var reply = LeaseKeepAliveReply()
            reply.header = header
            reply.id = call.id
            switch result {
            case .success(let lease): reply.ttl = lease.grantedSeconds
            case .failure(let error) where error.code == .leaseNotFound: reply.ttl = 0
            case .failure(let error): return answer(.failure(EtcdErrors.status(error)))
            }
            answer(.success(reply))
        }
    }
}

private final class KeepAliveStream: CallHandler {
    private struct State {
        var unanswered = 0
        var isHalfClosed = false
    }

    private static let mostUnanswered = 10_000

    private let service: LeaseService
    private let stream: any CallStream
    private let state = NIOLockedValueBox(State())

    init(service: LeaseService, stream: any CallStream) {
        self.service = service
        self.stream = stream
    }

    func receive(_ message: ByteBuffer) {
        let call: LeaseKeepAliveCall
        do throws(WireError) { call = try ProtobufReader.decode(LeaseKeepAliveCall.self, message) } catch {
            return stream.finish(Method.unreadable(error))
        }
        let waiting = state.withLockedValue { state in
            state.unanswered += 1
            return state.unanswered
        }
        guard waiting <= Self.mostUnanswered else {
            return stream.finish(
                GRPCStatus(.resourceExhausted, "berth: \(waiting) renewals on this stream wait for their answers"))
        }
        service.keepAlive(call) { [self] result in
            switch result {
            case .success(let reply): stream.send(reply)
            case .failure(let status): return stream.finish(status)
            }
            let isLast = state.withLockedValue { state in
                state.unanswered -= 1
                return state.unanswered == 0 && state.isHalfClosed
            }
            if isLast { stream.finish(nil) }
        }
    }

    /// What was asked before is still answered.
    func halfClosed() {
        let isDone = state.withLockedValue { state in
            state.isHalfClosed = true
            return state.unanswered == 0
        }
        if isDone { stream.finish(nil) }
    }
    func closed() {}
}
