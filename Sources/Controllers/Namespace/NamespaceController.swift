import Objects
import Registry

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
    }

    /// Only the announcement itself is waited for.
    static func wait(after old: Object?, _ grace: Duration) -> Duration {
        old.map { $0.isBeingDeleted ? .zero : grace } ?? .zero
    }

    package func start() {
        workers.start(queue, count: 2) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    func sync(_ key: ObjectKey) async -> SyncOutcome {
        do {
            guard let namespace = try registry.find(key), namespace.isBeingDeleted,
                Self.specFinalizers(namespace).contains(Self.finalizer)
            else { return .done }
            let remains = await empty(namespace.name)
            try await report(remains, on: key)
            guard remains.isEmpty else { return .again(after: .milliseconds(100)) }
            try await finalize(key)
            return .done
        } catch {
            return error.reason == "NotFound" ? .done : .retry
        }
    }

    // MARK: Content

    private var stages: [[ResourceName]] {
        let namespaced = registry.catalog.kinds.filter { $0.namespaced && $0.group != "events.k8s.io" }
            .map { ResourceName($0.resource, group: $0.group) }
        let first: [ResourceName] = [.statefulSets, .pods]
        return [first, namespaced.filter { !first.contains($0) }]
    }

    private func empty(_ namespace: String) async -> NamespaceRemains {
        var remains = NamespaceRemains()
        for stage in stages {
            for resource in stage { await delete(resource, in: namespace) }
            for resource in stage { count(resource, in: namespace, &remains) }
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

    private func count(_ resource: ResourceName, in namespace: String, _ remains: inout NamespaceRemains) {
        do {
            remains.add(resource, try registry.list(resource, namespace: namespace).items)
        } catch {
            remains.failures.append("\(resource): \(error.message)")
        }
    }

    // MARK: The namespace

    private func report(_ remains: NamespaceRemains, on key: ObjectKey) async throws(Status) {
        let now = registry.options.clock().rfc3339
        _ = try await registry.update(key, subresource: .status, by: Self.user) { current throws(Status) in
            var current = current
            let old = current["status", "conditions"]?.array ?? []
            current["status", "conditions"] = .array(remains.conditions(after: old, now: now))
            return current
        }
    }

    private func finalize(_ key: ObjectKey) async throws(Status) {
        _ = try await registry.update(key, subresource: .finalize, by: Self.user) { current throws(Status) in
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
