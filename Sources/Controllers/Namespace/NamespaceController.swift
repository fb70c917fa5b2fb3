import Objects
import Registry
import Synchronization

/// Empties namespaces that are being deleted, then takes their finalizer away
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/).
///
/// First the sets, so that nobody makes pods any more, then the pods, then, when those are gone, everything else: a
/// claim is never deleted under a running pod.
package final class NamespaceController: Sendable {
    private static let user = User.controller("namespace-controller")
    private static let finalizer = "kubernetes"

    private let registry: Registry
    private let namespaces: Informer
    private let queue = WorkQueue<ObjectKey>()
    private let workers = ControllerWorkers<ObjectKey>()
    /// Of namespaces that cannot go yet.
    private let paces = Mutex<[ObjectKey: NamespacePace]>([:])

    /// - Parameter grace: how long a deletion is only announced. Upstream takes 5 s, so that other servers hear of it
    ///   before the content goes; here it is for clients, who read the phase Terminating after they asked for it.
    package init(_ shared: SharedInformers, grace: Duration = .seconds(1)) {
        registry = shared.registry
        namespaces = shared.informer(.namespaces)
        let queue = queue
        namespaces.addHandler { old, new in
            guard let new, new.isBeingDeleted else { return }
            queue.add(ObjectKey(.namespaces, name: new.name), after: Self.wait(after: old, grace))
        }
        // What usually holds a namespace up. Of everything else is heard when the namespace is looked at again.
        for resource in Self.first + [.persistentVolumeClaims] {
            shared.informer(resource).addHandler { [weak self] old, new in self?.notice(old, new) }
        }
    }

    /// Less may be left in a namespace than when it was looked at.
    private func notice(_ old: Object?, _ new: Object?) {
        guard let object = new ?? old, new == nil || old?.finalizers != new?.finalizers else { return }
        let key = ObjectKey(.namespaces, name: object.namespace)
        guard paces.withLock({ $0[key] != nil }) else { return }
        // Whatever else changes in the meantime is seen with it.
        queue.add(key, after: NamespacePace.shortest)
    }

    /// Only the announcement itself is waited for.
    static func wait(after old: Object?, _ grace: Duration) -> Duration {
        old.map { $0.isBeingDeleted ? .zero : grace } ?? .zero
    }

    package func start() {
        workers.start(queue, count: 2) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    /// Public to tests.
    func sync(_ key: ObjectKey) async -> SyncOutcome {
        do {
            guard let namespace = try registry.find(key), namespace.isBeingDeleted,
                Self.specFinalizers(namespace).contains(Self.finalizer),
                let remains = try await empty(key, uid: namespace.uid)
            else {
                forget(key)
                return .done
            }
            try await report(remains, on: key, uid: namespace.uid)
            guard remains.isEmpty else { return .again(after: delay(key, remains)) }
            try await finalize(key, uid: namespace.uid)
            forget(key)
            return .done
        } catch {
            guard error.reason == "NotFound" else { return .retry }
            forget(key)
            return .done
        }
    }

    private func delay(_ key: ObjectKey, _ remains: NamespaceRemains) -> Duration {
        paces.withLock { paces in
            let pace = NamespacePace(remains, after: paces[key])
            paces[key] = pace
            return pace.delay
        }
    }

    private func forget(_ key: ObjectKey) { paces.withLock { $0[key] = nil } }

    // MARK: Content

    private static let first: [ResourceName] = [.statefulSets, .pods]

    private var stages: [[ResourceName]] {
        let namespaced = registry.catalog.kinds.filter { $0.namespaced && $0.group != "events.k8s.io" }
            .map { ResourceName($0.resource, group: $0.group) }
        return [Self.first, namespaced.filter { !Self.first.contains($0) }]
    }

    /// nil: the namespace has gone meanwhile. Another of its name must keep what is in it.
    func empty(_ key: ObjectKey, uid: String) async throws(Status) -> NamespaceRemains? {
        var remains = NamespaceRemains()
        for stage in stages {
            guard let namespace = try registry.find(key), namespace.uid == uid, namespace.isBeingDeleted else {
                return nil
            }
            for resource in stage { await delete(resource, in: key.name) }
            for resource in stage { count(resource, in: key.name, &remains) }
            guard remains.isEmpty else { break }
        }
        return remains
    }

    private func delete(_ resource: ResourceName, in namespace: String) async {
        guard let found = try? registry.list(resource, namespace: namespace) else { return }
        for object in found.items where !object.isBeingDeleted {
            let key = ObjectKey(resource, namespace: namespace, name: object.name)
            let options = DeleteOptions(propagation: .background, uid: object.uid)
            // What could not be deleted is still there and will be counted.
            _ = try? await registry.delete(key, options: options, by: Self.user)
        }
    }

    /// Only what may have finalizers is decoded.
    private func count(_ resource: ResourceName, in namespace: String, _ remains: inout NamespaceRemains) {
        let mark = Array("\"finalizers\"".utf8)
        var held: [Object] = []
        var others = 0
        do {
            _ = try registry.visitPage(resource, namespace: namespace, options: ListOptions()) { bytes, revision in
                if StoredText.holds(mark, in: bytes),
                    let object = try? ObjectCoding.decode(Array(bytes), revision: revision)
                {
                    held.append(object)
                } else {
                    others += 1
                }
            }
            remains.add(resource, held, others: others)
        } catch {
            remains.failures.append("\(resource): \(error.message)")
        }
    }

    // MARK: The namespace

    func report(_ remains: NamespaceRemains, on key: ObjectKey, uid: String) async throws(Status) {
        let now = registry.options.clock().rfc3339
        _ = try await registry.update(key, subresource: .status, by: Self.user) { current throws(Status) in
            guard current.uid == uid else { throw .notFound(.namespaces, key.name) }
            var current = current
            let old = current["status", "conditions"]?.array ?? []
            current["status", "conditions"] = .array(remains.conditions(after: old, now: now))
            return current
        }
    }

    func finalize(_ key: ObjectKey, uid: String) async throws(Status) {
        _ = try await registry.update(key, subresource: .finalize, by: Self.user) { current throws(Status) in
            guard current.uid == uid else { throw .notFound(.namespaces, key.name) }
            var current = current
            let left = Self.specFinalizers(current).filter { $0 != Self.finalizer }
            current["spec", "finalizers"] = left.isEmpty ? nil : .array(left.map { .string($0) })
            return current
        }
    }

    private static func specFinalizers(_ namespace: Object) -> [String] {
        namespace["spec", "finalizers"]?.array?.compactMap(\.string) ?? []
    }
}
