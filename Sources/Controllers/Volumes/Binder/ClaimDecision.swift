import Objects

// ====================================================================================================================
// THIS CODE IS VERBOSE ON PURPOSE. KEEP THE SPACE SHUTTLE FLYING.
//
// The binder's decisions are written in "space shuttle style", as those of the controller that it follows
// (kubernetes/kubernetes, pkg/controller/volume/persistentvolume/pv_controller.go):
//  - every `if` has its `else`, and every branch is numbered; the tests of a branch carry its number;
//  - what seems obvious is said; OBSERVATION says in which state a branch finds or leaves claim and volume.
//
// Claim and volume point at each other: claim.spec.volumeName and volume.spec.claimRef. Either pointer may have been set
// beforehand by a user, a restore or another binder. Berth itself writes both in one transaction, so of its own there is
// never a half; the branches for halves are for those that others wrote.
// ====================================================================================================================

extension BinderView {
    /// What to do about a claim. Level-based: the same for a claim that was created, changed, or only looked at again.
    package func decide(claim key: ClaimKey) -> BindDecision {
        guard let claim = claim(key) else {
            // 0-1: the claim is gone. Its volume notices by itself (4-3 and following).
            return BindDecision("0-1")
        }
        let annealed = InTreePlugins.annealed(claim: claim.object)
        if annealed != claim.object {
            // 0-3: its provisioner was once part of Kubernetes, and a CSI driver stands in for it: that is said first.
            var decision = BindDecision("0-3")
            decision.writes = [.claim(annealed)]
            decision.follow = [.claim(claim.key)]
            // OBSERVATION: claim is as it was, and annotated; its next turn goes on
            return decision
        } else if !claim.isBindCompleted {
            // OBSERVATION: claim is "Pending"
            return decide(unbound: claim)
        } else {
            // OBSERVATION: claim is "Bound" or "Lost"
            return decide(bound: claim)
        }
    }

    private func decide(unbound claim: PersistentVolumeClaim) -> BindDecision {
        if claim.volumeName.isEmpty {
            // The user does not mind which volume it gets.
            if let volume = bestMatch(for: claim) {
                // 1-1: a volume fits.
                // OBSERVATION: claim is "Pending", volume is "Available"
                var decision = BindingWrites.bind("1-1", volume, claim)
                if !claim.className.isEmpty, storageClass(claim.className) == nil {
                    // A class is only a label to match by, unless it exists and says that claims wait for a consumer.
                    decision.premises = [.noClass(claim.className)]
                } else {
                    // Without a class nothing waits; and what a class that is known says has been heeded.
                }
                // OBSERVATION: claim is "Bound", volume is "Bound"
                return decision
            } else {
                // No volume fits.
                // OBSERVATION: claim is "Pending"
                return decide(withoutMatch: claim)
            }
        } else {
            // The user asked for one volume.
            return decide(claim, asksFor: claim.volumeName)
        }
    }

    private func decide(withoutMatch claim: PersistentVolumeClaim) -> BindDecision {
        if claim.statedClassName == nil, let defaultClass {
            // 1-2: the claim names no class, and by now there is a default one.
            var decision = BindDecision("1-2")
            var object = claim.object
            object["spec", "storageClassName"] = .string(defaultClass.name)
            decision.writes = [.claim(object)]
            decision.follow = [.claim(claim.key)]
            // OBSERVATION: claim is "Pending" and has a class; its next turn takes a volume of it or has one made
            return decision
        } else if delaysBinding(claim), claim.selectedNode == nil {
            // The class waits for a consumer, and the scheduler has not chosen a node for one.
            let unscheduled = pods(using: claim.key).filter { $0.nodeName.isEmpty && !$0.isTerminated }
            if unscheduled.isEmpty {
                // 1-3: nobody uses the claim yet.
                return stillPending(
                    "1-3", claim, VolumeEventReason.waitForFirstConsumer,
                    "waiting for first consumer to be created before binding")
                // OBSERVATION: claim is "Pending"
            } else {
                // 1-4: pods use it; one of them has to get a node first.
                let names = unscheduled.map(\.pod.name).sorted()
                return stillPending(
                    "1-4", claim, VolumeEventReason.waitForPodScheduled,
                    "waiting for \(names.count == 1 ? "pod" : "pods") \(names.joined(separator: ",")) to be scheduled")
                // OBSERVATION: claim is "Pending"
            }
        } else if !claim.className.isEmpty {
            // The claim has a class, whose provisioner may make a volume.
            return decide(provisioning: claim)
        } else {
            // 1-5: neither a volume nor a class that could make one.
            return stillPending(
                "1-5", claim, VolumeEventReason.failedBinding,
                "no persistent volumes available for this claim and no storage class is set" + shortfallSuffix(claim))
            // OBSERVATION: claim is "Pending"; a volume that fits finds it
        }
    }

    private func decide(provisioning claim: PersistentVolumeClaim) -> BindDecision {
        guard let storageClass = storageClass(claim.className) else {
            // 1-6: there is no such class.
            var decision = BindDecision("1-6")
            decision.premises = [.noClass(claim.className)]
            decision.events = [
                VolumeEvent(
                    claim.object, .warning, VolumeEventReason.provisioningFailed,
                    "storageclass.storage.k8s.io \"\(claim.className)\" not found")
            ]
            // OBSERVATION: claim is as it was; the class's creation looks at it again
            return decision
        }
        // A driver that took over from a plugin inside Kubernetes provisions under its own name.
        let provisioner = InTreePlugins.driver(of: storageClass.provisioner) ?? storageClass.provisioner
        if provisioner.hasPrefix(Provisioner.inTreePrefix) {
            // 1-7: a provisioner inside kube-controller-manager, or the one that makes nothing.
            var decision = BindDecision("1-7")
            var reason = "no volume plugin matched name: \(storageClass.provisioner)"
            if provisioner == InTreePlugins.hostPath {
                // The one that kube-controller-manager has, but never without being told so.
                decision.writes = annotated(claim, for: provisioner)
                reason = "Failed to create provisioner: provisioning in volume plugin \"\(provisioner)\" is disabled"
            }
            decision.events = [
                VolumeEvent(
                    claim.object, .warning, VolumeEventReason.provisioningFailed, reason + shortfallSuffix(claim))
            ]
            // OBSERVATION: claim is as it was; a volume of the class that fits finds it
            return decision
        } else {
            // 1-8: an external provisioner, `berth/local` among them. The annotations tell it to begin; it makes a volume
            // that names this claim, and 2-4 or 1-1 completes the binding.
            var decision = BindDecision("1-8")
            decision.writes = annotated(claim, for: provisioner)
            decision.events = [
                VolumeEvent(
                    claim.object, .normal, VolumeEventReason.externalProvisioning,
                    "Waiting for a volume to be created either by the external provisioner "
                        + "'\(provisioner)' or manually by the system administrator. If volume creation "
                        + "is delayed, please verify that the provisioner is running and correctly registered.")
            ]
            // OBSERVATION: claim is "Pending" and annotated
            return decision
        }
    }

    /// The annotations that tell a provisioner to begin, unless it has been told.
    private func annotated(_ claim: PersistentVolumeClaim, for provisioner: String) -> [BindDecision.Write] {
        if claim.object.annotation(VolumeAnnotation.storageProvisioner) == provisioner { return [] }
        var object = claim.object
        object.setAnnotation(VolumeAnnotation.betaStorageProvisioner, provisioner)
        object.setAnnotation(VolumeAnnotation.storageProvisioner, provisioner)
        return [.claim(InTreePlugins.annealed(claim: object))]
    }

    private func decide(_ claim: PersistentVolumeClaim, asksFor name: String) -> BindDecision {
        guard let volume = volumes[name] else {
            // 2-1: the volume does not exist (yet).
            var decision = BindDecision("2-1")
            decision.writes = BindingWrites.setPhase("Pending", ofUnbound: claim)
            // OBSERVATION: claim is "Pending"; the volume's creation looks at it again
            return decision
        }
        if volume.claimRef == nil {
            // Nobody has the volume.
            // OBSERVATION: claim is "Pending", volume is "Available"
            if let mismatch = Self.mismatch(volume, claim) {
                // 2-3: it cannot serve the claim.
                return stillPending(
                    "2-3", claim, VolumeEventReason.volumeMismatch,
                    "Cannot bind to requested volume \"\(name)\": \(mismatch)", kind: .warning)
                // OBSERVATION: claim is "Pending", volume is "Available"
            } else {
                // 2-2: it can.
                return BindingWrites.bind("2-2", volume, claim)
                // OBSERVATION: claim is "Bound", volume is "Bound"
            }
        } else if volume.isBound(to: claim) {
            // 2-4: each names the other; the binding is completed by the claim's UID, the phases and the annotations.
            // OBSERVATION: claim is "Pending", volume is "Available" or "Bound"
            return BindingWrites.bind("2-4", volume, claim)
            // OBSERVATION: claim is "Bound", volume is "Bound"
        } else {
            // The volume belongs to another claim.
            // OBSERVATION: claim is "Pending", volume is "Bound", "Released" or reserved
            var decision = stillPending(
                "2-5", claim, VolumeEventReason.failedBinding, "volume \"\(name)\" already bound to a different claim.",
                kind: .warning)
            if !claim.isBoundByController {
                // 2-5: the user asked for it and may wait until it is free.
                // OBSERVATION: claim is "Pending", volume is as it was
                return decision
            } else {
                // 2-6: the controller chose the volume for this claim, and yet it is another's: somebody removed
                // bind-completed from the claim. Nothing is written, so that nothing gets worse.
                decision.branch = "2-6"
                decision.writes = []
                decision.failure = "invalid binding of claim \(claim.key) to volume \(name): it is claimed by another"
                // OBSERVATION: claim and volume are as they were
                return decision
            }
        }
    }

    private func decide(bound claim: PersistentVolumeClaim) -> BindDecision {
        if claim.volumeName.isEmpty {
            // 3-1: it was bound, and somebody took the volume's name out of it.
            return lost(
                "3-1", claim, VolumeEventReason.claimLost,
                "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!")
            // OBSERVATION: claim is "Lost"
        } else if let volume = volumes[claim.volumeName] {
            guard let reference = volume.claimRef else {
                // 3-3: the volume does not know of the claim: its half of the pair was undone, or never written.
                // OBSERVATION: claim is "Bound" or "Lost", volume is "Available"
                return BindingWrites.bind("3-3", volume, claim)
                // OBSERVATION: claim is "Bound", volume is "Bound"
            }
            if reference.uid == claim.uid {
                // 3-4: all is well; usually nothing is to be written.
                var decision = BindingWrites.bind("3-4", volume, claim)
                if decision.writes.isEmpty, wantsToGrow(claim) || isGrowing(volume) {
                    // 3-6: more is asked for than the volume had when it was bound (whether the class allows it was
                    // asked when the request grew). Who made the volume makes it grow, and writes the new capacity
                    // into both.
                    decision.branch = "3-6"
                    var message = "waiting for an external controller to expand this PVC"
                    if let plugin = InTreePlugins.plugin(of: volume.object) {
                        decision.writes = InTreePlugins.resizing(claim.object, plugin)
                        message = "CSI migration enabled for \(plugin); waiting for external resizer to expand the pvc"
                    }
                    decision.events = [
                        VolumeEvent(
                            claim.object, .normal, VolumeEventReason.externalExpanding, message,
                            component: "volume_expand")
                    ]
                } else {
                    // It has what it asks for, or nobody may change that.
                }
                // OBSERVATION: claim is "Bound", volume is "Bound"
                return decision
            } else {
                // 3-5: the volume belongs to another claim.
                var decision = lost(
                    "3-5", claim, VolumeEventReason.claimMisbound,
                    "Two claims are bound to the same volume, this one is bound incorrectly")
                decision.guards = [.volume(volume.object)]
                // OBSERVATION: claim is "Lost", volume is as it was
                return decision
            }
        } else {
            // 3-2: its volume is gone. The cache may be behind, and "Lost" frightens people: the store must agree.
            var decision = lost(
                "3-2", claim, VolumeEventReason.claimLost,
                "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
            if !decision.writes.isEmpty { decision.premises = [.noVolume(claim.volumeName)] }
            // OBSERVATION: claim is "Lost"
            return decision
        }
    }

    // MARK: Parts of decisions

    private func wantsToGrow(_ claim: PersistentVolumeClaim) -> Bool {
        guard let capacity = Quantity(size: claim.object["status", "capacity", "storage"]) else { return false }
        return claim.request > capacity
    }

    /// The file system on it has yet to follow.
    private func isGrowing(_ volume: PersistentVolume) -> Bool {
        volume.object.annotation(VolumeAnnotation.preResizeCapacity) != nil
    }

    /// Upstream's message, and what is missing if it is size.
    private func shortfallSuffix(_ claim: PersistentVolumeClaim) -> String {
        shortfall(of: claim).map { "; \($0)" } ?? ""
    }

    private func stillPending(
        _ branch: String, _ claim: PersistentVolumeClaim, _ reason: String, _ message: String,
        kind: VolumeEvent.Kind = .normal
    ) -> BindDecision {
        var decision = BindDecision(branch)
        decision.writes = BindingWrites.setPhase("Pending", ofUnbound: claim)
        decision.events = [VolumeEvent(claim.object, kind, reason, message)]
        return decision
    }

    /// Says so once: a claim that is "Lost" already is left alone.
    private func lost(
        _ branch: String, _ claim: PersistentVolumeClaim, _ reason: String, _ message: String
    ) -> BindDecision {
        var decision = BindDecision(branch)
        guard claim.phase != "Lost" else { return decision }
        decision.writes = BindingWrites.setPhase("Lost", ofUnbound: claim)
        decision.events = [VolumeEvent(claim.object, .warning, reason, message)]
        return decision
    }

    /// Why a volume that the claim names cannot serve it; nil: it can. Labels are not asked for here, as upstream.
    package static func mismatch(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> String? {
        if volume.isBeingDeleted { return "the volume is marked for deletion \"\(volume.name)\"" }
        if volume.capacity < claim.request { return "requested PV is too small" }
        if volume.className != claim.className { return "storageClassName does not match" }
        if volume.attributesClassName != claim.attributesClassName { return "volumeAttributesClassName does not match" }
        if volume.volumeMode != claim.volumeMode { return "incompatible volumeMode" }
        if !volume.accessModes.isSuperset(of: claim.accessModes) { return "incompatible accessMode" }
        return nil
    }
}
