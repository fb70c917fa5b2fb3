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
    private let handles = Mutex<[ResourceName: Observation]>([:])
    private let loop = Mutex<ControllerLoop<GarbageKey>?>(nil)

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

    private func hasSeenAll(of resource: ResourceName) {
        let isLast = unseen.withLock { unseen in unseen.remove(resource) != nil && unseen.isEmpty }
        if isLast { loop.withLock { $0 }?.start() }
    }

    package func stop() async {
        let handles = handles.withLock { Array($0.values) }
        for handle in handles { handle.cancel() }
        let loop = loop.withLock { loop in
            defer { loop = nil }
            return loop
        }
        await loop?.stop()
    }

    // MARK: Seeing

    private func observe(_ resource: ResourceName, _ old: Object?, _ new: Object?) {
        let concerned = graph.withLock { $0.update(resource, old: old, new: new) }
        for key in concerned { queue.add(key) }
    }

    private func watch(_ resource: ResourceName) throws(Status) {
        let handle = try registry.observe(resource, options: WatchOptions(.initialState)) { [weak self] message in
            switch message {
            case .events(let events):
                for event in events {
                    let isGone = event.kind == .deleted
                    self?.observe(resource, isGone ? event.old ?? event.object : event.old, isGone ? nil : event.object)
                }
            case .ended(let status?) where status.reason == "Expired":
                Task { try self?.watch(resource) }
            case .initialEventsEnd: self?.hasSeenAll(of: resource)
            case .bookmark, .ended: break
            }
            return 0
        }
        handles.withLock { $0[resource] = handle }
    }

    // MARK: Acting

    func sync(_ key: GarbageKey) async -> SyncOutcome {
        do {
            guard let object = try registry.find(key.object), object.uid == key.uid else { return .done }
            let dependents = graph.withLock { $0.dependents(of: key.uid) }
            var owners: [(reference: OwnerReference, state: OwnerState)] = []
            for reference in object.ownerReferences {
                owners.append((reference, try state(of: reference, from: object)))
            }
            try await carryOut(GarbageDecision.decide(object, owners: owners, dependents: dependents), object, key)
            return .done
        } catch {
            return error.reason == "NotFound" ? .done : .retry
        }
    }

    private func state(of owner: OwnerReference, from object: Object) throws(Status) -> OwnerState {
        guard let resource = owner.resource else { return .unknown }
        // An owner in another namespace does not count: names are looked up in the dependent's own.
        if resource.isNamespaced, object.namespace.isEmpty { return .unknown }
        let namespace = resource.isNamespaced ? object.namespace : ""
        let found = try registry.find(ObjectKey(resource.name, namespace: namespace, name: owner.name))
        guard let found, found.uid == owner.uid else { return .gone }
        let isWaiting = found.isBeingDeleted && found.finalizers.contains(GarbageFinalizer.foreground)
        return isWaiting ? .waiting : .solid
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
            _ = try await registry.update(key.object, by: Self.user) { current throws(Status) in
                guard current.uid == key.uid else { return current }
                var current = current
                current.setOwnerReferences(current.ownerReferences.filter { !uids.contains($0.uid) })
                return current
            }
        } catch {
            guard error.reason == "NotFound" else { throw error }
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
