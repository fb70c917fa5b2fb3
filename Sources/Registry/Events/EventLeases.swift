import Objects
import Store

/// Store leases for Events. One lease serves all Events of a minute, as kube-apiserver's lease manager does, so that
/// Events cost one write each.
final class EventLeases: Sendable {
    private struct Current: Sendable {
        var id: Int64 = 0
        /// Seconds since 1970; none: there is no lease yet.
        var usable = 0..<Int64(0)
    }
    private let current = Locked(Current())

    func lease(_ engine: any Engine, now: Timestamp, seconds: Int64) async throws(Status) -> Int64 {
        let known = current.withLock { $0 }
        // A clock that has been set back says nothing about when the lease ends: the store does not go by it.
        if known.usable.contains(now.seconds) { return known.id }
        let result: Result<Lease, StoreError> = await withCheckedContinuation { continuation in
            // The lease outlives its last Event's time by what it is handed out for.
            engine.grantLease(id: 0, ttlSeconds: seconds + EventLeases.reuseSeconds) {
                continuation.resume(returning: $0)
            }
        }
        switch result {
        case .success(let lease):
            current.withLock {
                $0 = Current(id: lease.id, usable: now.seconds..<now.seconds + EventLeases.reuseSeconds)
            }
            return lease.id
        case .failure(let error):
            throw .store(error)
        }
    }

    private static let reuseSeconds: Int64 = 60
}
