package import Objects
import Registry
import Synchronization

/// Deletes what belongs to nobody any more, and carries out foreground and orphan deletions.
///
/// It sees every kind: those that other controllers cache through their informers, the others through a watch that
/// keeps the owner references and nothing else. Before it deletes anything it asks the store, not a cache, whether the
/// owner exists.
package final class GarbageCollector: Sendable {
    static let user = User.controller("generic-garbage-collector")

    private let registry: Registry
    private let graph = Mutex(GarbageGraph())
    private let queue = WorkQueue<GarbageKey>()
    private let watched: [ResourceName]
    /// Watches that have not shown everything yet: until they have, nobody may be told that nothing depends on it.
    private let unseen: Mutex<Set<ResourceName>>
    private let watches = Mutex(Watches())
    private let loop = Mutex<ControllerLoop<GarbageKey>?>(nil)

    private struct Watches {
        var handles: [ResourceName: Observation] = [:]
        /// Endings since a watch last showed everything.
        var failures: [ResourceName: Int] = [:]
        var isStopped = false
    }

    /// Nothing is to be looked at, now or later. Public to tests.
    var isIdle: Bool { queue.isIdle }

    /// After all other controllers, so that it finds their informers.
    package init(_ shared: SharedInformers) {
        registry = shared.registry
        var watched: [ResourceName] = []
        let kinds = shared.registry.catalog.kinds
        for kind in kinds where kind.resource != "events" {
            let resource = ResourceName(kind.resource, group: kind.group)
            if !shared.has(resource) { watched.append(resource) }
        }
        self.watched = watched
        unseen = Mutex(Set(watched))
        for kind in kinds {
            let resource = ResourceName(kind.resource, group: kind.group)
            guard shared.has(resource) else { continue }
            shared.informer(resource).addHandler { [weak self] old, new in self?.observe(resource, old, new) }
        }
    }

    /// After the informers have started.
    package func start() throws(Status) {
        let loop = ControllerLoop(queue: queue, workers: 4) { [weak self] key in
            await self?.sync(key) ?? .done
        }
        self.loop.withLock { $0 = loop }
        for resource in watched { try watch(resource) }
    }

    package func stop() async {
        let handles = watches.withLock { watches in
            watches.isStopped = true
            return Array(watches.handles.values)
        }
        for handle in handles { handle.cancel() }
        let loop = loop.withLock { loop in
            defer { loop = nil }
            return loop
        }
        await loop?.stop()
    }

    // MARK: Seeing

    /// Public to tests.
    func observe(_ resource: ResourceName, _ old: Object?, _ new: Object?) {
        enqueue(graph.withLock { $0.update(resource, old: old, new: new) })
    }

    private func enqueue(_ concerned: Set<GarbageKey>) { for key in concerned { queue.add(key) } }

    private func watch(_ resource: ResourceName) throws(Status) {
        let shown = ShownObjects()
        let handle = try registry.observe(resource, options: WatchOptions(.initialState)) { [weak self] message in
            switch message {
            case .events(let events):
                shown.note(events)
                for event in events {
                    let isGone = event.kind == .deleted
                    self?.observe(resource, isGone ? event.old ?? event.object : event.old, isGone ? nil : event.object)
                }
            case .initialEventsEnd: self?.hasSeenAll(of: resource, shown.end())
            case .bookmark: break
            case .ended: self?.watchAgain(resource)
            }
            return 0
        }
        let isStopped = watches.withLock { watches in
            watches.handles[resource] = handle
            return watches.isStopped
        }
        if isStopped { handle.cancel() }
    }

    /// What went while nobody watched is not told by the new watch: it shows what there is.
    private func hasSeenAll(of resource: ResourceName, _ uids: Set<String>) {
        watches.withLock { $0.failures[resource] = nil }
        enqueue(graph.withLock { $0.keep(only: uids, of: resource) })
        let isLast = unseen.withLock { unseen in unseen.remove(resource) != nil && unseen.isEmpty }
        if isLast { loop.withLock { $0 }?.start() }
    }

    /// However a watch ended, nobody else would start it again.
    private func watchAgain(_ resource: ResourceName) {
        let failures: Int? = watches.withLock { watches in
            guard !watches.isStopped else { return nil }
            defer { watches.failures[resource, default: 0] += 1 }
            return watches.failures[resource] ?? 0
        }
        guard let failures else { return }
        let delay = Backoff(first: .milliseconds(10), ceiling: .seconds(5)).delay(afterFailures: failures)
        Task { [weak self] in
            try? await Task.sleep(for: delay)
            guard let self, !watches.withLock({ $0.isStopped }) else { return }
            do {
                try watch(resource)
            } catch {
                watchAgain(resource)
            }
        }
    }

    // MARK: Acting

    /// Public to tests.
    func sync(_ key: GarbageKey) async -> SyncOutcome {
        do {
            guard let object = try registry.find(key.object), object.uid == key.uid else {
                forget(key)
                return .done
            }
            let (dependents, waiting) = graph.withLock { ($0.dependents(of: key.uid), $0.waiting(for: key.uid)) }
            var owners: [(reference: OwnerReference, state: OwnerState)] = []
            for reference in object.ownerReferences {
                owners.append((reference, try state(of: reference, from: object)))
            }
            let decision = GarbageDecision.decide(object, owners: owners, dependents: dependents, waiting: waiting)
            guard case .removeFinalizer = decision else {
                try await carryOut(decision, object, key)
                return .done
            }
            // The graph may not have heard of all dependents yet, and those would be lost.
            let stored = try registry.dependents(of: object, at: key.object)
            let last = GarbageDecision.decide(object, owners: owners, dependents: stored, waiting: waiting)
            try await carryOut(last, object, key)
            return last == decision ? .done : .again(after: .milliseconds(100))
        } catch {
            return error.reason == "NotFound" ? .done : .retry
        }
    }

    private func forget(_ key: GarbageKey) { enqueue(graph.withLock { $0.forget(key) }) }

    private func state(of owner: OwnerReference, from object: Object) throws(Status) -> OwnerState {
        guard let resource = owner.resource else { return .unknown }
        // An owner in another namespace does not count: names are looked up in the dependent's own.
        if resource.isNamespaced, object.namespace.isEmpty { return .unknown }
        let namespace = resource.isNamespaced ? object.namespace : ""
        let found = try registry.find(ObjectKey(resource.name, namespace: namespace, name: owner.name))
        guard let found, found.uid == owner.uid else { return .gone }
        return found.isInForegroundDeletion ? .waiting : .solid
    }

    private func carryOut(_ decision: GarbageDecision, _ object: Object, _ key: GarbageKey) async throws(Status) {
        switch decision {
        case .nothing: break
        case .delete(let propagation):
            let options = DeleteOptions(
                propagation: propagation.option, uid: object.uid, resourceVersion: object.resourceVersion)
            _ = try await registry.delete(key.object, options: options, by: Self.user)
        case .removeOwners(let uids):
            try await removeOwners(uids, from: key)
        case .deleteDependents(let dependents):
            for dependent in dependents { queue.add(GarbageKey(dependent.key, dependent.uid)) }
        case .orphanDependents(let dependents):
            for dependent in dependents {
                try await removeOwners([object.uid], from: GarbageKey(dependent.key, dependent.uid))
            }
            queue.add(key, after: .milliseconds(1))
        case .removeFinalizer(let finalizer):
            _ = try await registry.update(key.object, by: Self.user) { current throws(Status) in
                guard current.uid == key.uid else { return current }
                var current = current
                current.finalizers.removeAll { $0 == finalizer }
                return current
            }
        }
    }

    private func removeOwners(_ uids: Set<String>, from key: GarbageKey) async throws(Status) {
        do {
            let updated = try await registry.update(key.object, by: Self.user) { current throws(Status) in
                guard current.uid == key.uid else { return current }
                var current = current
                current.setOwnerReferences(current.ownerReferences.filter { !uids.contains($0.uid) })
                return current
            }
            if updated.uid != key.uid { forget(key) }
        } catch {
            guard error.reason == "NotFound" else { throw error }
            forget(key)
        }
    }
}

/// The UIDs of what a watch shows before it goes on with what changes.
private final class ShownObjects: Sendable {
    private let uids = Mutex<Set<String>?>([])

    func note(_ events: [ObjectEvent]) {
        uids.withLock { uids in
            guard uids != nil else { return }
            for event in events { uids?.insert(event.object.uid) }
        }
    }

    /// What follows is not noted.
    func end() -> Set<String> {
        uids.withLock { uids in
            defer { uids = nil }
            return uids ?? []
        }
    }
}

extension GarbageDecision.Propagation {
    var option: Propagation {
        switch self {
        case .orphan: .orphan
        case .background: .background
        case .foreground: .foreground
        }
    }
}
