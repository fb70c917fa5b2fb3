import Objects

/// Decides what a StatefulSet does next. Pure: the same observation gives the same plan, and a plan of which only a
/// part was carried out leads, observed again, to the rest of it.
///
/// The rules are those of upstream's `updateStatefulSet` (kubernetes/pkg/controller/statefulset/
/// stateful_set_control.go, 1.36): first every wanted ordinal in ascending order, then the claims of condemned pods,
/// then condemned pods in descending order, then the update of one pod or of as many as may be unavailable. In order
/// (OrderedReady) the first pod that blocks ends the round; in parallel each pod is looked at by itself.
package struct SetDecision {
    private let set: SetSpec
    private let observation: SetObservation
    /// The wanted ordinals that this round looks at, ascending: all that have a pod, and of the others the first ones.
    /// The place in here is not the distance from the first ordinal.
    private var replicas: [Replica] = []
    private var condemned: [Replica] = []
    private var firstUnavailable: Int?
    private var plan = SetPlan()

    package static func decide(_ observation: SetObservation) -> SetPlan { decide(observation, missing: nil) }

    /// - Parameter missing: how many ordinals without a pod the round looks at, if not as many as the set says.
    static func decide(_ observation: SetObservation, missing: Int?) -> SetPlan {
        var decision = SetDecision(observation, missing)
        decision.run()
        return decision.plan
    }

    private init(_ observation: SetObservation, _ missing: Int?) {
        self.observation = observation
        set = SetSpec(observation.set)
        sortPods(missing ?? set.missingPerRound)
        firstUnavailable =
            replicas.first(where: \.isUnavailable)?.ordinal ?? condemned.last(where: \.isUnavailable)?.ordinal
    }

    private mutating func run() {
        plan.status = countedStatus()
        if !observation.set.isBeingDeleted {
            if keepReplicas(), fixClaimsOfCondemned(), removeCondemned() { updatePods() }
        }
        growClaims()
        completeRollingUpdate()
        plan.recheckAfter = secondsToNextAvailable()
    }

    // MARK: Who is there

    private mutating func sortPods(_ missing: Int) {
        var existing: [Int: Object] = [:]
        let wanted = set.ordinals
        for pod in observation.pods {
            guard let identity = PodIdentity.parse(pod.name), identity.set == set.name else { continue }
            if wanted.contains(identity.ordinal) {
                existing[identity.ordinal] = pod
            } else {
                condemned.append(replica(pod, identity.ordinal))
            }
        }
        let ordinals = set.ordinalsLookedAt(present: Set(existing.keys), missing: missing)
        replicas = ordinals.map { ordinal in replica(existing[ordinal] ?? newPod(ordinal), ordinal) }
        condemned.sort { $0.ordinal > $1.ordinal }
    }

    private func replica(_ pod: Object, _ ordinal: Int) -> Replica {
        Replica(pod, ordinal: ordinal, minReadySeconds: set.minReadySeconds, now: observation.now)
    }

    /// Below the partition a pod comes back as it was. Without a `rollingUpdate` block upstream keeps the old template
    /// for as many ordinals as still have it.
    private func newPod(_ ordinal: Int) -> Object {
        let distance = ordinal - set.firstOrdinal
        let isOld: Bool
        switch set.strategy {
        case .onDelete: isOld = false
        case .rolling(let partition?, _): isOld = distance < partition
        case .rolling(nil, _):
            isOld = distance < SetStatus(observation.set["status"]).currentReplicas
        }
        let revision = isOld ? observation.current : observation.update
        return PodTemplate.pod(set, template: revision.template, revision: revision.name, ordinal: ordinal)
    }

    // MARK: Wanted ordinals

    /// - Returns: whether the round goes on.
    private mutating func keepReplicas() -> Bool {
        var units: [SetPlan.Unit] = []
        var goesOn = true
        for index in replicas.indices {
            let (unit, blocks) = keep(index)
            units.append(unit)
            if blocks, !set.isParallel || unit.contains(where: \.isAwait) {
                goesOn = false
                if !set.isParallel { break }
            }
        }
        addBySlowStart(units)
        return goesOn
    }

    private mutating func keep(_ index: Int) -> (unit: SetPlan.Unit, blocks: Bool) {
        let replica = replicas[index]
        if replica.state.isFinished { return (deleteFinished(index), true) }
        if !replica.state.isCreated { return create(replica) }

        var unit: SetPlan.Unit = []
        if replica.state.isPending {
            unit = missingClaims(replica, isCreation: false) + claimOwners(replica, condemned: false)
            if unit.contains(where: \.isAwait) { return (unit, true) }
        }
        if !set.isParallel, replica.state.isTerminating || !replica.state.isRunningAndReady || !replica.isAvailable {
            return (unit + unstick(index), true)
        }
        return (unit + repair(replica, after: unit), false)
    }

    /// A pod that ended, by failure, eviction or a reboot, is replaced whatever its exit code was: it is removed now,
    /// and its successor is made when the name is free.
    private mutating func deleteFinished(_ index: Int) -> SetPlan.Unit {
        let replica = replicas[index]
        guard !replica.state.isTerminating else { return [] }
        replicas[index].isDoomed = true
        return [.deletePod(name: replica.pod.name, uid: replica.pod.uid)]
    }

    /// In order, a pod of an older template that never becomes ready would hold up the rollout of the template that
    /// mends it (kubernetes#67250). A set that asks for it has such a pod replaced.
    private mutating func unstick(_ index: Int) -> SetPlan.Unit {
        guard SetAnnotation.isOn(SetAnnotation.unstickRollout, observation.set),
            case .rolling(let partition, _) = set.strategy,
            replicas[index].ordinal - set.firstOrdinal >= partition ?? 0, isOutdated(replicas[index]),
            !replicas[index].state.isRunningAndReady
        else { return [] }
        let pod = replicas[index].pod
        replicas[index].isDoomed = true
        return [
            .event(
                type: "Normal", reason: "RolloutUnstuck",
                message: "Pod \(pod.name) is not ready and would hold up the rollout of \(observation.update.name): "
                    + "it is replaced"), .deletePod(name: pod.name, uid: pod.uid),
        ]
    }

    private func create(_ replica: Replica) -> (unit: SetPlan.Unit, blocks: Bool) {
        let claims = claimNames(replica.ordinal).compactMap { observation.claims[$0] }
        if claims.contains(where: { SetClaims.blocksCreation($0, set, podName: replica.pod.name) }) {
            return ([], true)
        }
        let missing = missingClaims(replica, isCreation: true)
        if missing.contains(where: \.isAwait) { return (missing, true) }
        let owners = claimOwners(replica, condemned: false)
        return (missing + [.createPod(replica.pod)] + owners, true)
    }

    private func repair(_ replica: Replica, after done: SetPlan.Unit) -> SetPlan.Unit {
        let hasIdentity = PodIdentity.matches(replica.pod, set, replica.ordinal)
        let hasStorage = PodIdentity.storageMatches(replica.pod, set, replica.ordinal)
        var unit: SetPlan.Unit = []
        var pod = replica.pod
        if !hasIdentity { PodIdentity.apply(to: &pod, set, replica.ordinal) }
        if !hasStorage {
            PodIdentity.applyStorage(to: &pod, set, replica.ordinal)
            unit += missingClaims(replica, isCreation: false)
        }
        unit += claimOwners(replica, condemned: false)
        unit.removeAll(where: done.contains)
        if !hasIdentity || !hasStorage {
            unit.append(.updatePod(pod))
        } else if !unit.isEmpty {
            // Upstream writes the pod too, without a change; what is seen of it is this Event.
            unit.append(.podUpdated(pod.name, set.name))
        }
        return unit
    }

    // MARK: Claims

    private func claimNames(_ ordinal: Int) -> [String] { set.claimTemplates.map { set.claimName($0, ordinal) } }

    private func missingClaims(_ replica: Replica, isCreation: Bool) -> SetPlan.Unit {
        var unit: SetPlan.Unit = []
        for template in set.claimTemplates {
            let name = set.claimName(template, replica.ordinal)
            if let claim = observation.claims[name] {
                guard claim.isBeingDeleted else { continue }
                unit.append(.awaitClaim(name: name, pod: replica.pod.name, isCreation: isCreation))
            } else {
                let claim = SetClaims.claim(set, template, replica.ordinal)
                unit.append(.createClaim(claim, pod: replica.pod.name))
            }
        }
        return unit
    }

    private func claimOwners(_ replica: Replica, condemned: Bool) -> SetPlan.Unit {
        claimNames(replica.ordinal).compactMap { observation.claims[$0] }.flatMap { claim -> SetPlan.Unit in
            let corrected = SetClaims.correctedOwners(claim, set, pod: replica.pod, condemned: condemned)
            guard let corrected else { return [] }
            let write = SetWrite.setClaimOwners(claim: claim, corrected)
            guard SetClaims.hasForeignController(claim, set, pod: replica.pod) else { return [write] }
            return [.conflictingController(claim.name), write]
        }
    }

    /// Claims that are smaller than their template by now; only bound ones can grow.
    private mutating func growClaims() {
        guard SetAnnotation.isOn(SetAnnotation.growClaims, observation.set), !observation.set.isBeingDeleted else {
            return
        }
        var units: [SetPlan.Unit] = []
        for template in set.claimTemplates {
            guard let text = template["spec", "resources", "requests", "storage"]?.string, let wanted = Quantity(text)
            else { continue }
            for claim in wantedClaims(template) {
                guard !claim.isBeingDeleted, claim["status", "phase"]?.string == "Bound",
                    let present = claim["spec", "resources", "requests", "storage"]?.string.flatMap({ Quantity($0) }),
                    present < wanted
                else { continue }
                units.append([.growClaim(claim: claim, to: text)])
            }
        }
        add(units)
    }

    /// The claims that there are of a template for wanted ordinals, whether these have a pod or not; ascending.
    private func wantedClaims(_ template: Object) -> [Object] {
        let wanted = set.ordinals
        let found = observation.claims.values.compactMap { claim -> (ordinal: Int, claim: Object)? in
            guard let ordinal = PodIdentity.parse(claim.name)?.ordinal, wanted.contains(ordinal),
                claim.name == set.claimName(template, ordinal)
            else { return nil }
            return (ordinal, claim)
        }
        return found.sorted { $0.ordinal < $1.ordinal }.map(\.claim)
    }

    private mutating func fixClaimsOfCondemned() -> Bool {
        addBySlowStart(condemned.map { claimOwners($0, condemned: true) })
        return true
    }

    // MARK: Condemned ordinals

    private mutating func removeCondemned() -> Bool {
        var units: [SetPlan.Unit] = []
        var goesOn = true
        for index in condemned.indices {
            let replica = condemned[index]
            if set.isParallel {
                units.append(replica.state.isTerminating ? [] : doomCondemned(index))
                continue
            }
            let isHealthy = replica.state.isRunningAndReady && replica.isAvailable
            // A finished pod will never be ready, so nobody waits for that. Upstream does, and two of them among the
            // condemned hold a set up for ever: each waits for the other.
            let mayGo = isHealthy || replica.state.isFinished || replica.ordinal == firstUnavailable
            let isBlocked = replica.state.isTerminating || !mayGo
            if !isBlocked { units.append(doomCondemned(index)) }
            goesOn = false
            break
        }
        addBySlowStart(units)
        return goesOn
    }

    private mutating func doomCondemned(_ index: Int) -> SetPlan.Unit {
        condemned[index].isDoomed = true
        return [.deletePod(name: condemned[index].pod.name, uid: condemned[index].pod.uid)]
    }

    // MARK: Updates

    private mutating func updatePods() {
        guard case .rolling(let partition, let maxUnavailable) = set.strategy else { return }
        let first =
            replicas.firstIndex { $0.ordinal - set.firstOrdinal >= partition ?? 0 } ?? replicas.count
        let doomed =
            maxUnavailable.map { updateTargets(from: first, maxUnavailable: $0) } ?? nextUpdateTarget(from: first)
        for index in doomed { replicas[index].isDoomed = true }
        plan.status.currentReplicas -= doomed.count
        add(doomed.map { [.deletePod(name: replicas[$0].pod.name, uid: replicas[$0].pod.uid)] })
    }

    private func isOutdated(_ replica: Replica) -> Bool {
        replica.revision != observation.update.name && !replica.isGoing
    }

    /// From the highest ordinal down: the first outdated pod, if everything above it is up to date and available.
    private func nextUpdateTarget(from first: Int) -> [Int] {
        var ordinal = set.ordinals.upperBound
        for index in (first..<replicas.count).reversed() {
            ordinal -= 1
            // What this round does not look at has no pod, and that is not available.
            guard replicas[index].ordinal == ordinal else { return [] }
            if isOutdated(replicas[index]) { return [index] }
            if replicas[index].isUnavailable { return [] }
        }
        return []
    }

    /// As many as the budget allows. In parallel, outdated pods that are unavailable anyway go first and for free:
    /// otherwise a broken template could never be replaced (kubernetes#137409).
    private func updateTargets(from first: Int, maxUnavailable: Int) -> [Int] {
        // What this round does not look at has no pod.
        let unseen = set.ordinals.count - replicas.count
        let unavailable = replicas.count(where: \.isUnavailable) + unseen
        let candidates = (first..<replicas.count).reversed().filter { isOutdated(replicas[$0]) }
        let budget = max(0, maxUnavailable - unavailable)
        guard set.isParallel else { return Array(candidates.prefix(budget)) }
        let free = candidates.filter { !replicas[$0].isAvailable }
        let charged = candidates.filter { replicas[$0].isAvailable }
        return free + charged.prefix(budget)
    }

    // MARK: Status

    private func countedStatus() -> SetStatus {
        var status = SetStatus()
        status.observedGeneration = observation.set.generation
        status.currentRevision = observation.current.name
        status.updateRevision = observation.update.name
        status.collisionCount = observation.collisionCount
        for replica in replicas + condemned where replica.state.isCreated {
            status.replicas += 1
            if replica.state.isRunningAndReady {
                status.readyReplicas += 1
                if replica.isAvailable { status.availableReplicas += 1 }
            }
            guard !replica.state.isTerminating else { continue }
            if replica.revision == observation.current.name { status.currentReplicas += 1 }
            if replica.revision == observation.update.name { status.updatedReplicas += 1 }
        }
        return status
    }

    private mutating func completeRollingUpdate() {
        guard case .rolling = set.strategy else { return }
        let status = plan.status
        guard status.updatedReplicas == set.replicas, status.readyReplicas == set.replicas,
            status.replicas == set.replicas
        else { return }
        plan.status.currentReplicas = status.updatedReplicas
        plan.status.currentRevision = status.updateRevision
    }

    private func secondsToNextAvailable() -> Int64? {
        guard set.minReadySeconds > 0 else { return nil }
        return (replicas + condemned).compactMap { replica -> Int64? in
            guard replica.state.isReady, !replica.isAvailable, let since = replica.state.readySince else { return nil }
            return max(1, since + Int64(set.minReadySeconds) + 1 - observation.now)
        }.min()
    }

    private mutating func add(_ units: [SetPlan.Unit]) {
        if !units.isEmpty { plan.stages.append(units) }
    }

    /// Units of neighbouring pods, empty for those that need nothing. In parallel one pod goes first, then two, then
    /// four (upstream's `slowStartBatch`): what cannot be done for one is not tried for a thousand at once.
    private mutating func addBySlowStart(_ units: [SetPlan.Unit]) {
        guard set.isParallel else { return add(units.filter { !$0.isEmpty }) }
        var rest = units[...]
        var size = 1
        while !rest.isEmpty {
            add(rest.prefix(size).filter { !$0.isEmpty })
            rest = rest.dropFirst(size)
            size = min(size * 2, Self.largestBatch)
        }
    }

    private static let largestBatch = 500
}

extension SetWrite {
    var isAwait: Bool { if case .awaitClaim = self { true } else { false } }

    static func podUpdated(_ pod: String, _ set: String) -> SetWrite {
        .event(
            type: "Normal", reason: "SuccessfulUpdate", message: "Update Pod \(pod) in StatefulSet \(set) successful")
    }

    /// Upstream's text, with its spelling put right.
    static func conflictingController(_ claim: String) -> SetWrite {
        .event(
            type: "Warning", reason: "ConflictingController",
            message: "PersistentVolumeClaim \(claim) has a conflicting OwnerReference that acts as a managing "
                + "controller, the retention policy is ignored for this claim")
    }
}
