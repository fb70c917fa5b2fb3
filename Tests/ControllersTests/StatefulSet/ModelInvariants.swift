import Objects

@testable import Controllers

/// What must hold after every single write, whoever crashed when.
extension ModelCluster {
    mutating func checkInvariants() {
        var ordinals: Set<Int> = []
        for pod in pods.values where pod.controllerReference?.uid == set.uid {
            guard let identity = PodIdentity.parse(pod.name) else {
                violations.append("\(pod.name) is nobody's")
                continue
            }
            if !ordinals.insert(identity.ordinal).inserted { violations.append("two pods of \(identity.ordinal)") }
            if pod.isBeingDeleted || pod.label(SetLabel.podName) == nil { continue }
            let spec = SetSpec(set)
            if !PodIdentity.storageMatches(pod, spec, identity.ordinal) {
                violations.append("\(pod.name) has the claims of another")
            }
        }
        for claim in claims.values where claim.ownerReferences.count(where: \.isController) > 1 {
            violations.append("\(claim.name) has two owners")
        }
        checkHands()
    }

    /// A claim belongs to the set or to the pod of its own ordinal, never to another.
    private mutating func checkHands() {
        for claim in claims.values {
            guard let ordinal = PodIdentity.parse(claim.name)?.ordinal else { continue }
            for owner in claim.ownerReferences where owner.kind == "Pod" && owner.name != SetSpec(set).podName(ordinal)
            {
                violations.append("\(claim.name) belongs to \(owner.name)")
            }
        }
    }

    /// In order, an ordinal starts when all before it are available.
    mutating func checkCreation(_ pod: Object) {
        let spec = SetSpec(set)
        guard let ordinal = PodIdentity.parse(pod.name)?.ordinal else { return }
        if !spec.ordinals.contains(ordinal) { violations.append("\(pod.name) is not wanted") }
        for template in spec.claimTemplates where claims[spec.claimName(template, ordinal)] == nil {
            violations.append("\(pod.name) is made without its claim")
        }
        guard !spec.isParallel else { return }
        for lower in spec.ordinals where lower < ordinal {
            guard let before = pods[spec.podName(lower)] else {
                violations.append("\(pod.name) starts without \(lower)")
                continue
            }
            if !PodState(before).isRunningAndReady || before.isBeingDeleted {
                violations.append("\(pod.name) starts before \(before.name) is ready")
            }
        }
    }

    /// In order, an ordinal is stopped when all after it are gone, and never while another pod is going.
    mutating func checkDeletion(_ pod: Object) {
        let spec = SetSpec(set)
        guard !spec.isParallel, let ordinal = PodIdentity.parse(pod.name)?.ordinal else { return }
        guard !spec.ordinals.contains(ordinal) else { return }
        for other in pods.values where other.controllerReference?.uid == set.uid && other.name != pod.name {
            guard let higher = PodIdentity.parse(other.name)?.ordinal, higher > ordinal else { continue }
            if !spec.ordinals.contains(higher) { violations.append("\(pod.name) stops before \(other.name)") }
        }
    }

    /// At rest: every ordinal has its pod, and the status says what is there.
    ///
    /// - Parameter isUndisturbed: nobody changed the policy, or removed pods by force, after ordinals were condemned;
    ///   only then are their claims sure to go with them.
    mutating func checkConverged(isUndisturbed: Bool = true) {
        let spec = SetSpec(set)
        let expected = Set(spec.ordinals.map(spec.podName))
        let present = Set(pods.values.filter { $0.controllerReference?.uid == set.uid }.map(\.name))
        if present != expected { violations.append("pods \(present.sorted()), wanted \(expected.sorted())") }
        let status = SetStatus(set["status"])
        if status.replicas != spec.replicas || status.readyReplicas != spec.replicas {
            violations.append("status says \(status)")
        }
        if status.observedGeneration != set.generation { violations.append("generation not observed") }
        if revisions.count > spec.revisionHistoryLimit + pods.count + 2 {
            violations.append("\(revisions.count) revisions")
        }
        checkClaimsAtRest(spec, isUndisturbed)
        checkInvariants()
    }

    private mutating func checkClaimsAtRest(_ spec: SetSpec, _ isUndisturbed: Bool) {
        for ordinal in spec.ordinals {
            for template in spec.claimTemplates {
                let name = spec.claimName(template, ordinal)
                guard let claim = claims[name] else {
                    violations.append("\(name) is missing")
                    continue
                }
                let owners = claim.ownerReferences.map(\.uid)
                let wanted = spec.retention.deletesWithSet ? [set.uid] : []
                if owners != wanted { violations.append("\(name) is owned by \(owners), not \(wanted)") }
            }
        }
        guard spec.retention.deletesWhenScaled, isUndisturbed else { return }
        for claim in claims.keys where (PodIdentity.parse(claim)?.ordinal).map({ !spec.ordinals.contains($0) }) ?? false
        {
            violations.append("\(claim) outlives its ordinal")
        }
    }
}
