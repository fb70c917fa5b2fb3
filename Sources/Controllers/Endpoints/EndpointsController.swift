import Objects
import Registry
import Synchronization

/// Keeps the EndpointSlices and the Endpoints of every service with a selector as its pods are.
package final class EndpointsController: Sendable {
    private static let user = User.controller("endpointslice-controller")
    private static let byNamespace = "endpoints.namespace"
    private static let byService = "endpoints.service"

    private let registry: Registry
    private let events: EventRecorder
    private let services: Informer
    private let pods: Informer
    private let nodes: Informer
    private let slices: Informer
    private let endpoints: Informer
    private let queue = WorkQueue<ObjectKey>()
    private let workers = ControllerWorkers<ObjectKey>()
    private let awaited = Mutex<[ObjectKey: WrittenRevisions]>([:])
    /// Services that were seen going: their Endpoints go with them, whoever wrote those.
    private let gone = Mutex<Set<ObjectKey>>([])

    package init(_ shared: SharedInformers) {
        registry = shared.registry
        events = EventRecorder(registry)
        services = shared.informer(.services)
        pods = shared.informer(.pods)
        nodes = shared.informer(.nodes)
        slices = shared.informer(.endpointSlices)
        endpoints = shared.informer(.endpoints)
        services.addIndex(Self.byNamespace) { [$0.namespace] }
        pods.addIndex(Self.byNamespace) { [$0.namespace] }
        slices.addIndex(Self.byService) { slice in
            guard slice.label(SliceDecision.managedBy) == SliceDecision.manager,
                let service = slice.label(SliceDecision.serviceName)
            else { return [] }
            return ["\(slice.namespace)/\(service)"]
        }
        addHandlers()
    }

    private func addHandlers() {
        services.addHandler { [weak self] old, new in
            if old == nil, let new { self?.notice(new) }
            if new == nil, let old { self?.noteGone(old) }
            if let service = new ?? old { self?.add(service.namespace, service.name) }
        }
        pods.addHandler { [weak self] old, new in self?.addServices(of: old, new) }
        // What somebody else changed or deleted is put right again.
        slices.addHandler { [weak self] old, new in
            if let slice = new ?? old, let service = slice.label(SliceDecision.serviceName) {
                self?.add(slice.namespace, service)
            }
        }
        endpoints.addHandler { [weak self] old, new in
            if let endpoints = new ?? old { self?.add(endpoints.namespace, endpoints.name) }
        }
    }

    private func notice(_ service: Object) {
        guard let message = RoutingNotice.message(service, now: registry.options.clock()) else { return }
        events.record(
            about: service, type: .normal, reason: RoutingNotice.reason, message: message,
            component: "endpointslice-controller")
    }

    private func noteGone(_ service: Object) {
        let key = ObjectKey(.services, namespace: service.namespace, name: service.name)
        gone.withLock { _ = $0.insert(key) }
    }

    private func add(_ namespace: String, _ name: String) {
        queue.add(ObjectKey(.services, namespace: namespace, name: name))
    }

    private func addServices(of old: Object?, _ new: Object?) {
        guard let pod = new ?? old else { return }
        for service in services.indexed(by: Self.byNamespace, value: pod.namespace).map(ServiceView.init)
        where old.map(service.selects) == true || new.map(service.selects) == true {
            add(service.namespace, service.name)
        }
    }

    package func start() {
        workers.start(queue, count: 2) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    // MARK: One service

    func sync(_ key: ObjectKey) async -> SyncOutcome {
        if let written = awaited.withLock({ $0[key] }), !written.wereSeen(by: [slices, endpoints]) {
            return .again(after: .milliseconds(1))
        }
        var written = WrittenRevisions()
        var outcome = SyncOutcome.done
        do {
            try await reconcile(key, &written)
        } catch {
            outcome = .retry
        }
        awaited.withLock { $0[key] = written.isEmpty ? nil : written }
        return outcome
    }

    private func reconcile(_ key: ObjectKey, _ written: inout WrittenRevisions) async throws(Status) {
        guard let object = services.get(namespace: key.namespace, name: key.name) else {
            // The slices are owned by the service and go with it; Endpoints have no owner.
            return try await removeEndpoints(of: key, &written)
        }
        gone.withLock { _ = $0.remove(key) }
        let service = ServiceView(object)
        guard service.hasSelector else { return }
        let found = pods.indexed(by: Self.byNamespace, value: key.namespace).filter(service.selects)
            .compactMap { PodEndpoint($0, of: service, zone: zone(of: $0)) }
        let existing = slices.indexed(by: Self.byService, value: "\(key.namespace)/\(key.name)")
        for write in SliceDecision.decide(service, found, existing: existing) {
            try await SliceWrites.carryOut(write, registry, Self.user, &written)
        }
        let current = endpoints.get(namespace: key.namespace, name: key.name)
        if let wanted = EndpointsDecision.decide(service, found, existing: current) {
            try await put(wanted, isNew: current == nil, &written)
        }
    }

    private func zone(of pod: Object) -> String? {
        guard let node = pod["spec", "nodeName"]?.string else { return nil }
        return nodes.get(name: node)?.label("topology.kubernetes.io/zone")
    }

    private func put(_ wanted: Object, isNew: Bool, _ written: inout WrittenRevisions) async throws(Status) {
        if isNew {
            let made = try await registry.create(wanted, .endpoints, namespace: wanted.namespace, by: Self.user)
            return written.note(.endpoints, made)
        }
        let key = ObjectKey(.endpoints, namespace: wanted.namespace, name: wanted.name)
        written.note(.endpoints, try await registry.update(key, by: Self.user) { _ throws(Status) in wanted })
    }

    private func removeEndpoints(of service: ObjectKey, _ written: inout WrittenRevisions) async throws(Status) {
        let wasSeenGoing = gone.withLock { $0.contains(service) }
        if let left = endpoints.get(namespace: service.namespace, name: service.name),
            wasSeenGoing || left.label("endpoints.kubernetes.io/managed-by") == "endpoint-controller"
        {
            let key = ObjectKey(.endpoints, namespace: service.namespace, name: service.name)
            do {
                let options = DeleteOptions(uid: left.uid)
                written.note(.endpoints, try await registry.delete(key, options: options, by: Self.user).object)
            } catch  where error.reason == "NotFound" {}
        }
        gone.withLock { _ = $0.remove(service) }
    }
}
