import Objects
import Registry
import Synchronization

/// Keeps the EndpointSlices of hand-written Endpoints as those are.
package final class EndpointsMirror: Sendable {
    private static let component = "endpoint-slice-mirroring-controller"
    private static let user = User.controller("endpointslicemirroring-controller")
    private static let byService = "mirror.service"

    private let registry: Registry
    private let events: EventRecorder
    private let services: Informer
    private let endpoints: Informer
    private let slices: Informer
    private let queue = WorkQueue<ObjectKey>()
    private let workers = ControllerWorkers<ObjectKey>()
    private let awaited = Mutex<[ObjectKey: WrittenRevisions]>([:])

    package init(_ shared: SharedInformers) {
        registry = shared.registry
        events = EventRecorder(registry)
        services = shared.informer(.services)
        endpoints = shared.informer(.endpoints)
        slices = shared.informer(.endpointSlices)
        slices.addIndex(Self.byService) { slice in
            Self.service(of: slice).map { ["\(slice.namespace)/\($0)"] } ?? []
        }
        let queue = queue
        let add = { @Sendable (namespace: String, name: String) in
            queue.add(ObjectKey(.endpoints, namespace: namespace, name: name))
        }
        endpoints.addHandler { old, new in if let one = new ?? old { add(one.namespace, one.name) } }
        services.addHandler { old, new in
            guard let one = new ?? old, old?["spec", "selector"] != new?["spec", "selector"] || old == nil || new == nil
            else { return }
            add(one.namespace, one.name)
        }
        // What somebody else changed or deleted is put right again.
        slices.addHandler { old, new in
            if let slice = new ?? old, let name = Self.service(of: slice) { add(slice.namespace, name) }
        }
    }

    private static func service(of slice: Object) -> String? {
        slice.label(SliceDecision.managedBy) == MirrorDecision.manager ? slice.label(SliceDecision.serviceName) : nil
    }

    package func start() {
        workers.start(queue, count: 1) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    func sync(_ key: ObjectKey) async -> SyncOutcome {
        if let written = awaited.withLock({ $0[key] }), !written.wereSeen(by: [slices]) {
            return .again(after: .milliseconds(1))
        }
        let object = endpoints.get(namespace: key.namespace, name: key.name)
        let outcome = MirrorDecision.decide(
            object, service: services.get(namespace: key.namespace, name: key.name),
            existing: slices.indexed(by: Self.byService, value: "\(key.namespace)/\(key.name)"))
        var written = WrittenRevisions()
        var result = SyncOutcome.done
        do {
            for write in outcome.writes { try await SliceWrites.carryOut(write, registry, Self.user, &written) }
        } catch {
            result = .retry
        }
        awaited.withLock { $0[key] = written.isEmpty ? nil : written }
        if let object, !outcome.writes.isEmpty {
            for warning in outcome.warnings {
                events.record(
                    about: object, type: .warning, reason: warning.reason, message: warning.message,
                    component: Self.component)
            }
        }
        return result
    }
}

/// Writes EndpointSlices as decided.
enum SliceWrites {
    static func carryOut(
        _ write: SliceDecision.Write, _ registry: Registry, _ user: User, _ written: inout WrittenRevisions
    ) async throws(Status) {
        switch write {
        case .create(let slice):
            let made = try await registry.create(slice, .endpointSlices, namespace: slice.namespace, by: user)
            written.note(.endpointSlices, made)
        case .update(let slice):
            let key = ObjectKey(.endpointSlices, namespace: slice.namespace, name: slice.name)
            written.note(.endpointSlices, try await registry.update(key, by: user) { _ throws(Status) in slice })
        case .delete(let slice):
            let key = ObjectKey(.endpointSlices, namespace: slice.namespace, name: slice.name)
            let options = DeleteOptions(uid: slice.uid)
            do {
                written.note(.endpointSlices, try await registry.delete(key, options: options, by: user).object)
            } catch  where error.reason == "NotFound" {
                return
            }
        }
    }
}
