package import Objects

/// Something that happened outside, as an informer tells it.
package enum BinderObservation: Sendable {
    case volume(Object)
    case noVolume(Object)
    case claim(Object)
    case noClaim(Object)
    case storageClass(Object)
    case noStorageClass(Object)
    case pod(Object)
    case noPod(Object)
    case node(Object)
    case noNode(Object)

    package var object: Object {
        switch self {
        case .volume(let object), .claim(let object), .storageClass(let object), .pod(let object), .node(let object),
            .noVolume(let object), .noClaim(let object), .noStorageClass(let object), .noPod(let object),
            .noNode(let object):
            object
        }
    }

    package var isGone: Bool {
        switch self {
        case .volume, .claim, .storageClass, .pod, .node: false
        case .noVolume, .noClaim, .noStorageClass, .noPod, .noNode: true
        }
    }
}

/// A decision that is being carried out. Its objects are busy until `BinderCore.finish`.
package struct BindTask: Sendable {
    package let key: BinderKey
    package let decision: BindDecision
    fileprivate let busy: [BinderKey]
    /// Tasks are numbered in the order in which they begin.
    fileprivate let number: Int
}

/// How a task ended.
package enum BindOutcome: Sendable {
    /// Written (or nothing was to be written): the objects as they are stored now.
    case done([Object])
    /// A premise or a guard did not hold; the objects are what the store has instead.
    case stale([BinderObservation])
    /// It could not be written.
    case failed
}

/// The binder without its effects: told what happened, it says what to do next. Everything that is not a decision about
/// one object is here: which keys an event concerns, what it knows of its own writes, what is busy.
///
/// Deterministic: the same calls in the same order give the same tasks. A simulation drives it step by step; `VolumeBinder`
/// drives it in the daemon.
package struct BinderCore: ~Copyable, Sendable {
    package private(set) var view = BinderView()
    private var queue = QueueState<BinderKey>()
    /// Keys that have their turn again when another one is no longer busy.
    private var waiting: [BinderKey: Set<BinderKey>] = [:]
    private var underWay: Set<Int> = []
    private var lastTask = 0
    /// UIDs of objects that vanished while tasks were under way, with the last task that had begun by then. What such a
    /// task read from the store may be older than the news of the deletion, and must not bring the object back.
    private(set) var gone: [String: Int] = [:]
    /// The last thing said about an object that was not written, by UID: it is not said again until it changes.
    private var announced: [String: String] = [:]

    package init() {}

    /// Nothing to do and nothing under way.
    package var isIdle: Bool { queue.isIdle }

    package mutating func look(at key: BinderKey) { _ = queue.add(key) }

    /// The next decision that asks for something to be done.
    package mutating func nextTask() -> BindTask? {
        while let key = queue.take() {
            if let task = task(for: key) { return task }
            done(key)
        }
        return nil
    }

    /// Ends a task. Not nil: it is to be tried again by `retry` after the backoff for so many failures in a row before.
    /// Until then its key rests, so that what cannot be written is not tried in a tight loop.
    package mutating func finish(_ task: BindTask, _ outcome: BindOutcome) -> Int? {
        defer { end(task) }
        var isDone = task.decision.failure == nil
        for key in task.busy where key != task.key { setIdle(key) }
        switch outcome {
        case .done(let objects):
            for object in objects { learn(object) }
        case .stale(let observations):
            for observation in observations { observe(observation) }
            isDone = false
        case .failed:
            isDone = false
        }
        for key in task.busy where key != task.key { done(key) }
        guard isDone else { return queue.countFailure(task.key) }
        queue.forget(task.key)
        // While the object was busy others passed it over; now it has to be looked at for their sake.
        look(at: task.key)
        setIdle(task.key)
        done(task.key)
        return nil
    }

    /// What vanished before the oldest task began needs no remembering.
    private mutating func end(_ task: BindTask) {
        underWay.remove(task.number)
        let oldest = underWay.min() ?? .max
        guard task.number < oldest, !gone.isEmpty else { return }
        gone = gone.filter { $0.value >= oldest }
    }

    /// The backoff of a task that did not succeed is over.
    package mutating func retry(_ task: BindTask) {
        look(at: task.key)
        setIdle(task.key)
        done(task.key)
    }

    // MARK: Decisions

    private mutating func task(for key: BinderKey) -> BindTask? {
        if case .consumers(let className) = key {
            for claim in view.waitingClaims(className: className) { lookAtConsumers(of: claim) }
            return nil
        }
        var decision = decide(key)
        for follower in decision.follow { look(at: follower) }
        if decision.writes.isEmpty, case .volume(let name) = key, let offer = offer(of: name) {
            // The volume is offered again, in case the claim took another one.
            look(at: key)
            done(key)
            return offer
        }
        if decision.writes.isEmpty { decision.events.removeAll { !isNews($0) } }
        guard !decision.writes.isEmpty || !decision.events.isEmpty || decision.failure != nil else { return nil }
        return begin(key, decision)
    }

    /// A free volume is offered to the oldest claim that waits and that it fits. The claim takes what fits it best, be
    /// it this volume or another. Of a class that waits for consumers it is offered to the pods that have a node.
    private mutating func offer(of name: String) -> BindTask? {
        guard let volume = view.volumes[name], view.volumes.isFree(volume) else { return nil }
        if view.storageClass(volume.className)?.waitsForFirstConsumer == true {
            // Once for all volumes of the class that have become free meanwhile.
            look(at: .consumers(className: volume.className))
            return nil
        }
        guard let claim = view.firstClaim(for: volume) else { return nil }
        let key = BinderKey.claim(claim.key)
        let decision = decide(key)
        guard !decision.writes.isEmpty, !queue.isWorkedOn(key) else { return nil }
        return begin(key, decision, for: .volume(name))
    }

    private func decide(_ key: BinderKey) -> BindDecision {
        switch key {
        case .claim(let claim): view.decide(claim: claim)
        case .volume(let volume): view.decide(volume: volume)
        case .consumer(let pod): view.decide(consumer: pod)
        // 5-4: each of them is decided about by itself.
        case .consumers: BindDecision("5-4")
        }
    }

    /// nil: an object that it would write is busy, by an administrator's hand rather than by matching (which passes busy
    /// ones over). The key has its turn again when that is over.
    private mutating func begin(_ key: BinderKey, _ decision: BindDecision, for offered: BinderKey? = nil) -> BindTask?
    {
        let others = decision.writes.map(\.key).filter { $0 != key }
        if let obstacle = others.first(where: { queue.isWorkedOn($0) }) {
            waiting[obstacle, default: []].formUnion([key, offered ?? key])
            return nil
        }
        lastTask += 1
        underWay.insert(lastTask)
        let busy = [key] + others
        for key in busy {
            queue.block(key)
            setBusy(key)
        }
        return BindTask(key: key, decision: decision, busy: busy, number: lastTask)
    }

    /// A decision from outside, such as the scheduler's about a pod's claims. nil: one of its objects is busy.
    package mutating func begin(_ decision: BindDecision, for pod: PodKey) -> BindTask? {
        let keys = [.consumer(pod)] + decision.writes.map(\.key)
        guard keys.allSatisfy({ !queue.isWorkedOn($0) }) else { return nil }
        return begin(.consumer(pod), decision)
    }

    private mutating func setBusy(_ key: BinderKey) {
        switch key {
        case .claim(let claim): view.setBusy(volume: nil, claim: claim)
        case .volume(let volume): view.setBusy(volume: volume, claim: nil)
        case .consumer, .consumers: break
        }
    }

    private mutating func setIdle(_ key: BinderKey) {
        switch key {
        case .claim(let claim): view.setIdle(volume: nil, claim: claim)
        case .volume(let volume): view.setIdle(volume: volume, claim: nil)
        case .consumer, .consumers: break
        }
    }

    private mutating func done(_ key: BinderKey) {
        _ = queue.done(key)
        for other in waiting.removeValue(forKey: key) ?? [] { look(at: other) }
    }

    private mutating func isNews(_ event: VolumeEvent) -> Bool {
        let text = "\(event.reason): \(event.message)"
        guard announced[event.about.uid] != text else { return false }
        announced[event.about.uid] = text
        return true
    }

    // MARK: Observations

    /// A state that this binder wrote itself. An object that is gone meanwhile stays gone.
    private mutating func learn(_ object: Object) {
        if object.kind == "PersistentVolume" {
            if view.volumes[object.name]?.uid == object.uid { observe(.volume(object)) }
        } else if view.claim(ClaimKey(namespace: object.namespace, name: object.name))?.uid == object.uid {
            observe(.claim(object))
        }
    }

    /// Takes in what happened and looks at exactly the keys that it can change. What is older than what is known (an
    /// echo of an own write, say) changes nothing.
    package mutating func observe(_ observation: BinderObservation) {
        if observation.isGone {
            announced[observation.object.uid] = nil
            if !underWay.isEmpty { gone[observation.object.uid] = lastTask }
        } else if gone[observation.object.uid] != nil {
            return
        }
        switch observation {
        case .volume(let object): observe(volume: PersistentVolume(object))
        case .noVolume(let object): observe(noVolume: object)
        case .claim(let object): observe(claim: PersistentVolumeClaim(object))
        case .noClaim(let object): observe(noClaim: object)
        case .storageClass(let object): observe(storageClass: StorageClass(object))
        case .noStorageClass(let object): observe(noStorageClass: object)
        case .pod(let object): observe(pod: PodUse(object))
        case .noPod(let object): observe(noPod: PodUse(object))
        case .node(let object): observe(node: object)
        case .noNode(let object): view.removeNode(object.name)
        }
    }

    private mutating func observe(volume: PersistentVolume) {
        guard Self.isNewer(volume.object, than: view.volumes[volume.name]?.object) else { return }
        let before = view.volumes[volume.name]?.claimRef
        view.put(volume)
        look(at: .volume(volume.name))
        for claim in Set([before?.key, volume.claimRef?.key].compactMap { $0 }) where view.claim(claim) != nil {
            look(at: .claim(claim))
        }
        for claim in view.claims(naming: volume.name) { look(at: .claim(claim)) }
    }

    private mutating func observe(noVolume object: Object) {
        guard view.volumes[object.name]?.uid == object.uid else { return }
        view.removeVolume(object.name)
        look(at: .volume(object.name))
    }

    private mutating func observe(claim: PersistentVolumeClaim) {
        guard Self.isNewer(claim.object, than: view.claim(claim.key)?.object) else { return }
        view.put(claim)
        look(at: .claim(claim.key))
        lookAtVolumes(of: claim.key, named: claim.volumeName)
        if claim.isWaiting { lookAtConsumers(of: claim.key) }
    }

    private mutating func observe(noClaim object: Object) {
        let key = ClaimKey(namespace: object.namespace, name: object.name)
        guard let claim = view.claim(key), claim.uid == object.uid else { return }
        view.removeClaim(key)
        lookAtVolumes(of: key, named: claim.volumeName)
    }

    private mutating func lookAtVolumes(of claim: ClaimKey, named name: String) {
        for volume in view.volumes.volumes(naming: claim) { look(at: .volume(volume.name)) }
        if view.volumes[name] != nil { look(at: .volume(name)) }
    }

    private mutating func lookAtConsumers(of claim: ClaimKey) {
        for use in view.pods(using: claim) where !use.nodeName.isEmpty { look(at: .consumer(use.pod)) }
    }

    private mutating func observe(storageClass: StorageClass) {
        guard Self.isNewer(storageClass.object, than: view.storageClass(storageClass.name)?.object) else { return }
        view.put(storageClass)
        for claim in view.waitingClaims(className: storageClass.name) {
            look(at: .claim(claim))
            lookAtConsumers(of: claim)
        }
        if storageClass.isDefault { for claim in view.waitingClaims(className: "") { look(at: .claim(claim)) } }
    }

    /// A class that is gone makes nobody wait any more.
    private mutating func observe(noStorageClass object: Object) {
        guard view.storageClass(object.name)?.object.uid == object.uid else { return }
        view.removeClass(object.name)
        for claim in view.waitingClaims(className: object.name) { look(at: .claim(claim)) }
    }

    private mutating func observe(pod: PodUse) {
        guard view.pod(pod.pod) != pod else { return }
        view.put(pod)
        lookAtClaims(of: pod)
        if !pod.nodeName.isEmpty { look(at: .consumer(pod.pod)) }
    }

    private mutating func observe(noPod pod: PodUse) {
        guard view.pod(pod.pod)?.uid == pod.uid else { return }
        view.removePod(pod.pod)
        lookAtClaims(of: pod)
    }

    private mutating func lookAtClaims(of pod: PodUse) {
        for claim in pod.claims where view.claim(claim)?.isWaiting == true { look(at: .claim(claim)) }
    }

    private mutating func observe(node: Object) {
        let known = view.node(node.name)
        view.put(node: node)
        if known?.labels != node.labels { for pod in view.pods(on: node.name) { look(at: .consumer(pod)) } }
    }

    private static func isNewer(_ object: Object, than known: Object?) -> Bool {
        guard let known, let old = Int64(known.resourceVersion), let new = Int64(object.resourceVersion) else {
            return true
        }
        return new > old
    }
}
