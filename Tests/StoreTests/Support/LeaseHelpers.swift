import Store

extension LocalEngine {
    func grant(_ id: Int64, seconds: Int64) async throws -> Lease {
        try await withCheckedContinuation { done in
            grantLease(id: id, ttlSeconds: seconds) { done.resume(returning: $0) }
        }.get()
    }

    func renew(_ id: Int64) async throws -> Lease {
        try await withCheckedContinuation { done in renewLease(id: id) { done.resume(returning: $0) } }.get()
    }

    func revoke(_ id: Int64) async throws -> Int64 {
        try await withCheckedContinuation { done in revokeLease(id: id) { done.resume(returning: $0) } }.get()
    }
}
