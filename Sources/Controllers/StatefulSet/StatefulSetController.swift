import Objects
import Registry
import Synchronization

/// Keeps every StatefulSet as its spec says: watches sets, pods, claims and revisions, and takes the sets that may be
/// concerned through a round each.
package final class StatefulSetController: Sendable {
    private let informers: SetInformers
    private let effects: SetEffects
    private let clock: @Sendable () -> Timestamp
    /// What the caches must have seen before a set is decided again.
    private let awaited = Mutex<[ObjectKey: SetEffects.Written]>([:])
    private let queue: WorkQueue<ObjectKey>
    private let workers = ControllerWorkers<ObjectKey>()

    package init(_ shared: SharedInformers) {
        let queue = WorkQueue<ObjectKey>()
        self.queue = queue
        effects = SetEffects(shared.registry)
        clock = shared.registry.options.clock
        informers = SetInformers(shared) { queue.add($0) }
    }

    /// After the informers have started.
    package func start() {
        workers.start(queue, count: 4) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    /// One round. Public to tests, which call it without workers.
    func sync(_ key: ObjectKey) async -> SyncOutcome {
        guard let set = informers.sets.get(namespace: key.namespace, name: key.name) else {
            awaited.withLock { $0[key] = nil }
            return .done
        }
        if let missing = awaited.withLock({ $0[key] }), !informers.haveSeen(missing) {
            return .again(after: .milliseconds(1))
        }
        var written = SetEffects.Written()
        let outcome: SyncOutcome
        do {
            outcome = try await round(set, recorded: nil, &written)
        } catch {
            outcome = .retry
        }
        awaited.withLock { $0[key] = written.isEmpty ? nil : written }
        return outcome
    }

    private func round(
        _ set: Object, recorded: SetRevision?, _ written: inout SetEffects.Written
    ) async throws(Status) -> SyncOutcome {
        let spec = SetSpec(set)
        let input = informers.input(spec, recorded: recorded, now: clock().seconds)
        guard let selector = input.selector else {
            // The API refuses such a selector; an object that was stored otherwise is left alone.
            return .done
        }
        switch SetRound.next(input.input, selects: { selector.matches($0) }) {
        case .rest:
            return .done
        case .settle(let pods, let revisions):
            written.merge(try await effects.settle(pods, revisions, spec))
            return .again(after: .milliseconds(1))
        case .record(let decision, _):
            guard recorded == nil else { return .retry }
            let revision = try await effects.record(decision, spec, &written)
            return try await round(set, recorded: revision, &written)
        case .carryOut(let plan, let surplus):
            return try await carryOut(plan, surplus, spec, &written)
        }
    }

    private func carryOut(
        _ plan: SetPlan, _ surplus: [SetRevision], _ set: SetSpec, _ written: inout SetEffects.Written
    ) async throws(Status) -> SyncOutcome {
        let (done, failure) = await effects.carryOut(plan, set)
        written.merge(done)
        try await effects.report(plan.status, set, &written)
        try await effects.remove(surplus, set, &written)
        if let failure { throw failure }
        return plan.recheckAfter.map { .again(after: .seconds($0)) } ?? .done
    }
}
