internal import Store

/// What locks and elections share: a key a lease below a name, first come, first served by create revision
/// (etcd `client/v3/concurrency`).
///
/// A lease can run out while its holder believes that it holds. Whoever acts on a lock's behalf must fence: compare the
/// lock key's create revision in the transaction that acts.
struct Queueing: Sendable {
    struct Place: Sendable {
        let key: [UInt8]
        let createRevision: Int64
        let lease: Int64
        /// The value that the key had, if the place was taken before.
        let existingValue: [UInt8]?
    }

    /// Seconds: of the lease that is granted to a call that brings none.
    static let defaultTTL: Int64 = 60
    private static let origin = Origin("etcd")

    let engine: any Engine

    /// Takes the lease's place in the queue, or finds it taken by the same lease.
    func enter(_ name: [UInt8], lease: Int64, value: [UInt8]) async throws(GRPCStatus) -> Place {
        let lease = lease != 0 ? lease : try await grant()
        let key = Self.prefix(name) + Array(String(UInt64(bitPattern: lease), radix: 16).utf8)
        let result = try await transact(
            Transaction(
                compares: [Compare(.key(key), .equal, .createRevision(0))],
                success: [.put(Put(key: key, value: value, lease: lease))],
                failure: [.range(RangeRequest(.key(key)))]))
        if case .range(let found)? = result.results.first, let row = found.rows.first {
            return Place(key: key, createRevision: row.createRevision, lease: lease, existingValue: row.value)
        }
        return Place(key: key, createRevision: result.revision, lease: lease, existingValue: nil)
    }

    /// Waits until everybody who came before has left; leaves the queue if the call is cancelled.
    func waitForTurn(_ name: [UInt8], _ place: Place) async throws(GRPCStatus) {
        do throws(GRPCStatus) {
            while let predecessor = try lastBefore(name, place.createRevision) {
                try await waitForDeletion(of: predecessor.key, after: predecessor.seenAt)
            }
            guard try read(RangeRequest(.key(place.key))).rows.first?.createRevision == place.createRevision else {
                throw GRPCStatus(.unknown, "mutex: session is expired")
            }
        } catch {
            _ = try? await transact(leaving(place))
            throw error
        }
    }

    private func leaving(_ place: Place) -> Transaction {
        Transaction(
            compares: [Compare(.key(place.key), .equal, .createRevision(place.createRevision))],
            success: [.delete(Delete(.key(place.key)))])
    }

    private func lastBefore(
        _ name: [UInt8], _ revision: Int64
    ) throws(GRPCStatus) -> (key: [UInt8], seenAt: Int64)? {
        var request = RangeRequest(.prefix(Self.prefix(name)), limit: 1)
        request.maxCreateRevision = revision - 1
        request.sortTarget = .createRevision
        request.sortOrder = .descending
        guard revision > 1 else { return nil }
        let found = try read(request)
        return found.rows.first.map { ($0.key, found.revision) }
    }

    private func waitForDeletion(of key: [UInt8], after revision: Int64) async throws(GRPCStatus) {
        for await event in try EventStream.of(engine, .key(key), from: revision + 1) {
            switch event {
            case .events(_, let events) where events.contains(where: { $0.kind == .delete }): return
            // Too slow, or compacted in the meantime: look again.
            case .cancelled(.tooSlow), .cancelled(.compacted): return
            case .cancelled(.closed): throw EtcdErrors.stopped
            default: continue
            }
        }
        throw GRPCStatus(.cancelled, "context canceled")
    }

    func read(_ request: RangeRequest) throws(GRPCStatus) -> RangeResult {
        do throws(StoreError) { return try engine.range(request) } catch { throw EtcdErrors.status(error) }
    }

    func transact(_ transaction: Transaction) async throws(GRPCStatus) -> TransactionResult {
        do throws(StoreError) { return try await engine.transact(transaction, origin: Self.origin) } catch {
            throw EtcdErrors.status(error)
        }
    }

    private func grant() async throws(GRPCStatus) -> Int64 {
        let result = await withCheckedContinuation { continuation in
            engine.grantLease(id: .random(in: 1 ... .max), ttlSeconds: Self.defaultTTL) {
                continuation.resume(returning: $0)
            }
        }
        do throws(StoreError) { return try result.get().id } catch { throw EtcdErrors.status(error) }
    }

    static func prefix(_ name: [UInt8]) -> [UInt8] { name + [UInt8(ascii: "/")] }
}

/// A watch as an asynchronous sequence; it ends when the task is cancelled.
enum EventStream {
    static func of(
        _ engine: any Engine, _ range: KeyRange, from revision: Int64
    ) throws(GRPCStatus) -> AsyncStream<WatchSignal> {
        let (stream, continuation) = AsyncStream<WatchSignal>.makeStream()
        do throws(StoreError) {
            let handle = try engine.watch(
                WatchRequest(range, startRevision: revision, withPrevious: false), sink: Sink(continuation))
            continuation.onTermination = { _ in handle.cancel() }
        } catch { throw EtcdErrors.status(error) }
        return stream
    }

    private final class Sink: WatchSink {
        private let continuation: AsyncStream<WatchSignal>.Continuation
        init(_ continuation: AsyncStream<WatchSignal>.Continuation) { self.continuation = continuation }
        func receive(_ signal: WatchSignal) -> Int {
            continuation.yield(signal)
            return 0
        }
    }
}
