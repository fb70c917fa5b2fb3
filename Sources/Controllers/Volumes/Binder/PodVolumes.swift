package import Objects

// What the scheduler asks about a pod's claims, as kube-scheduler's VolumeBinding plugin answers it
// (https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode). In the binder's style: every branch
// has its number.

/// Whether a pod's claims let it run on a node.
package enum PodVolumePlan: Sendable, Hashable {
    /// All its claims are bound, to volumes that the node reaches.
    case ready
    /// Claims of a WaitForFirstConsumer class can be bound or provisioned for this node: all of them by this one
    /// decision, or none.
    case bind(BindDecision)
    /// Something else has to happen first (a provisioner is at work, an Immediate claim has no volume); texts as
    /// kube-scheduler's.
    case waiting([String])
    /// Not on this node; texts as kube-scheduler's.
    case conflict([String])
}

extension BinderView {
    /// A pod that has a node is the consumer that its claims wait for, whoever gave it the node.
    package func decide(consumer key: PodKey) -> BindDecision {
        guard let use = pod(key), !use.isTerminated, let node = node(use.nodeName) else {
            // 5-1: it is gone or done, or has no node that exists.
            return BindDecision("5-1")
        }
        if case .bind(let decision) = plan(pod: use, node: node) {
            // 5-2: its claims are bound or annotated together.
            return decision
        } else {
            // 5-3: they are bound, or others have to act first; their changes look at the pod again.
            return BindDecision("5-3")
        }
    }

    package func plan(pod: PodUse, node: Object) -> PodVolumePlan {
        var delayed: [PersistentVolumeClaim] = []
        var waiting: [String] = []
        for key in Set(pod.claims).sorted() {
            guard let claim = claim(key) else {
                // 6-1: the claim does not exist (yet).
                return .waiting(["persistentvolumeclaim \"\(key.name)\" not found"])
            }
            if claim.object.isBeingDeleted {
                // 6-2: it is about to go.
                return .waiting(["persistentvolumeclaim \"\(key.name)\" is being deleted"])
            } else if let reason = oncePodConflict(claim, pod) {
                // 6-3: another pod has it for itself.
                return .waiting([reason])
            } else if claim.isFullyBound {
                if let reason = conflict(ofBound: claim, node) {
                    // 6-4: its volume is not to be had, or not on this node.
                    return .conflict([reason])
                } else {
                    // 6-5: it is bound, and the node reaches its volume.
                }
            } else if claim.volumeName.isEmpty, delaysBinding(claim) {
                // 6-6: it waits for this pod.
                delayed.append(claim)
            } else {
                // 6-7: it is to be bound at once, and is not.
                waiting = ["pod has unbound immediate PersistentVolumeClaims"]
            }
        }
        if !waiting.isEmpty {
            return .waiting(waiting)
        } else if delayed.isEmpty {
            return .ready
        } else {
            return plan(delayed: delayed, node: node)
        }
    }

    private func plan(delayed claims: [PersistentVolumeClaim], node: Object) -> PodVolumePlan {
        var decision = BindDecision("5-2")
        var chosen: Set<String> = []
        var isProvisioning = false
        // The smallest request chooses first, so that it does not get the volume that only a larger one needs.
        for claim in claims.sorted(by: { ($0.request, $0.key) < ($1.request, $1.key) }) {
            let isLost = isLost(claim, unless: node)
            if let selected = claim.selectedNode, selected != node.name, !isLost {
                // 6-8: its volume is being made for another node.
                return .conflict(["node(s) didn't find available persistent volumes to bind"])
            } else if claim.selectedNode == nil, let volume = match(claim, node, excluding: chosen) {
                // 6-9: a volume that exists.
                let bound = BindingWrites.bind("5-2", volume, claim)
                decision.writes += bound.writes
                decision.guards += bound.guards
                chosen.insert(volume.name)
            } else if let reason = conflict(provisioning: claim, node) {
                // 6-10: no volume, and none can be made.
                return .conflict([reason])
            } else if claim.selectedNode == nil || isLost {
                // 6-11: a provisioner is to make one for this node, and no longer for one that is gone.
                var object = claim.object
                object.setAnnotation(VolumeAnnotation.selectedNode, node.name)
                decision.writes.append(.claim(object))
            } else {
                // 6-12: a provisioner has been told.
                isProvisioning = true
            }
        }
        if decision.writes.isEmpty {
            return isProvisioning ? .waiting(["waiting for a volume to be created"]) : .ready
        } else {
            return .bind(decision)
        }
    }

    /// A volume was to be made for a node that there is not any more: nobody will ever make it.
    private func isLost(_ claim: PersistentVolumeClaim, unless present: Object) -> Bool {
        guard let selected = claim.selectedNode, selected != present.name else { return false }
        return node(selected) == nil
    }

    /// A volume that names the claim, else the smallest free one; it must be reachable from the node.
    private func match(
        _ claim: PersistentVolumeClaim, _ node: Object, excluding chosen: Set<String>
    ) -> PersistentVolume? {
        let reaches = { (volume: PersistentVolume) in
            NodeTerms.matches(volume: volume.object, node)
        }
        if let named = BestMatch.find(for: claim, in: volumes, delaysBinding: true) {
            // Upstream: a volume that names the claim and is out of reach rules the node out.
            return reaches(named) && !chosen.contains(named.name) ? named : nil
        }
        return volumes.smallestFree(
            className: claim.className, volumeMode: claim.volumeMode, atLeast: claim.accessModes,
            minimum: claim.request,
            where: { !chosen.contains($0.name) && BestMatch.accepts($0, claim) && reaches($0) })
    }

    private func conflict(ofBound claim: PersistentVolumeClaim, _ node: Object) -> String? {
        guard let volume = volumes[claim.volumeName] else {
            return "persistentvolumeclaim \"\(claim.key.name)\" bound to non-existent persistentvolume "
                + "\"\(claim.volumeName)\""
        }
        return NodeTerms.matches(volume: volume.object, node)
            ? nil : "node(s) didn't match PersistentVolume's node affinity"
    }

    private func conflict(provisioning claim: PersistentVolumeClaim, _ node: Object) -> String? {
        guard let storageClass = storageClass(claim.className), !storageClass.provisioner.isEmpty,
            storageClass.provisioner != Provisioner.none,
            AllowedTopologies.contain(node, storageClass)
        else { return "node(s) didn't find available persistent volumes to bind" }
        return nil
    }

    private func oncePodConflict(_ claim: PersistentVolumeClaim, _ pod: PodUse) -> String? {
        guard claim.accessModes.contains(.readWriteOncePod) else { return nil }
        let others = pods(using: claim.key).filter { $0.pod != pod.pod && !$0.nodeName.isEmpty && !$0.isTerminated }
        guard !others.isEmpty else { return nil }
        return "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
    }
}
