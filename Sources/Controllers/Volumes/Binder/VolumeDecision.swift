import Objects

// In the same style as ClaimDecision.swift: every `if` has its `else`, every branch has its number and its test.

extension BinderView {
    /// What to do about a volume.
    package func decide(volume name: String) -> BindDecision {
        guard let volume = volumes[name] else {
            // 0-2: the volume is gone. Its claim becomes "Lost" (3-2); claims that name it wait (2-1).
            var decision = BindDecision("0-2")
            decision.follow = claims(naming: name).map { .claim($0) }
            return decision
        }
        let annealed = InTreePlugins.annealed(volume: volume.object)
        guard annealed == volume.object else {
            // 0-4: a plugin inside Kubernetes made it: the driver that stands in for it is named, and a volume that
            // nobody else deletes is protected from vanishing before its data.
            var decision = BindDecision("0-4")
            decision.writes = [.volume(annealed)]
            decision.follow = [.volume(name)]
            // OBSERVATION: volume is as it was, annotated and with the finalizers that belong to it
            return decision
        }
        guard let reference = volume.claimRef else {
            // 4-1: nobody has the volume.
            var decision = BindDecision("4-1")
            decision.writes = BindingWrites.setPhase(.available, of: volume)
            // OBSERVATION: volume is "Available", and is offered to the claims that wait
            return decision
        }
        if reference.uid.isEmpty {
            // 4-2: it is reserved for a claim, which has not been bound to it; the claim's turn does that.
            var decision = BindDecision("4-2")
            decision.writes = BindingWrites.setPhase(.available, of: volume)
            decision.follow = [.claim(reference.key)]
            // OBSERVATION: volume is "Available" and reserved
            return decision
        } else {
            // OBSERVATION: volume is "Bound", "Released" or "Failed", or about to be bound
            if let claim = claim(reference.key), claim.uid == reference.uid {
                return decide(volume, boundTo: claim)
            } else {
                // The claim was deleted; one of the same name is another claim.
                return decide(released: volume, reference)
            }
        }
    }

    private func decide(_ volume: PersistentVolume, boundTo claim: PersistentVolumeClaim) -> BindDecision {
        if claim.volumeName.isEmpty {
            if claim.volumeMode != volume.volumeMode {
                // 4-9: somebody bound the volume to a claim that it cannot serve; no match will ever return it.
                var decision = BindDecision("4-9")
                decision.events = [
                    VolumeEvent(
                        volume.object, .warning, VolumeEventReason.volumeMismatch,
                        "Cannot bind PersistentVolume to requested PersistentVolumeClaim \"\(claim.key.name)\" due to "
                            + "incompatible volumeMode."),
                    VolumeEvent(
                        claim.object, .warning, VolumeEventReason.volumeMismatch,
                        "Cannot bind PersistentVolume \"\(volume.name)\" to requested PersistentVolumeClaim due to "
                            + "incompatible volumeMode."),
                ]
                // OBSERVATION: claim is "Pending", volume is as it was
                return decision
            } else {
                // 4-10: half a pair: a provisioner made the volume for the claim, or the claim's half was undone. The
                // claim's turn finds the volume, because it names the claim.
                var decision = BindDecision("4-10")
                decision.follow = [.claim(claim.key)]
                // OBSERVATION: claim is "Pending", volume is as it was
                return decision
            }
        } else if claim.volumeName == volume.name {
            // 4-11: each names the other. If the claim's half is complete, only the phase may be missing; else the
            // claim's turn completes it.
            var decision = BindDecision("4-11")
            decision.writes = BindingWrites.setPhase(.bound, of: volume)
            decision.guards = [.claim(claim.object)]
            decision.follow = [.claim(claim.key)]
            // OBSERVATION: volume is "Bound"
            return decision
        } else {
            return decide(volume, whoseClaimIsBoundElsewhere: claim)
        }
    }

    private func decide(
        _ volume: PersistentVolume, whoseClaimIsBoundElsewhere claim: PersistentVolumeClaim
    ) -> BindDecision {
        if volume.isProvisioned, volume.reclaimPolicy == "Delete" {
            // 4-12: it was made for this claim, which took another: it is not needed.
            var decision = reclaim(volume)
            decision.branch = "4-12"
            decision.guards = [.claim(claim.object)]
            // OBSERVATION: volume is "Released" or "Failed"
            return decision
        } else {
            if volume.isBoundByController {
                // 4-13: a controller chose this volume for the claim, and the claim got another one. It is undone.
                var decision = BindDecision("4-13")
                decision.writes = BindingWrites.unbind(volume)
                decision.guards = [.claim(claim.object)]
                // OBSERVATION: volume is "Available"
                return decision
            } else {
                // 4-14: a user reserved it for the claim. It stays reserved by name, without UID.
                var decision = BindDecision("4-14")
                decision.writes = BindingWrites.unbind(volume)
                decision.guards = [.claim(claim.object)]
                // OBSERVATION: volume is "Available" and reserved
                return decision
            }
        }
    }

    private func decide(released volume: PersistentVolume, _ reference: ClaimReference) -> BindDecision {
        var decision = reclaim(volume)
        if !decision.writes.isEmpty {
            // The claim's cache may be behind the volume's: a release is checked against the store.
            decision.premises = [.noClaim(reference.key, uid: reference.uid)]
        } else {
            // It has been released before.
        }
        return decision
    }

    /// What becomes of a volume whose claim is gone. A volume that failed stays so: the user is to see that.
    private func reclaim(_ volume: PersistentVolume) -> BindDecision {
        if !(volume.object.annotation(VolumeAnnotation.migratedTo) ?? "").isEmpty {
            // 4-4: another driver looks after it.
            return release("4-4", volume)
        } else {
            switch volume.reclaimPolicy {
            case "Retain":
                // 4-3: it keeps its data and its `claimRef` until an administrator decides.
                return release("4-3", volume)
            // OBSERVATION: volume is "Released"
            case "Delete":
                if isDeletedByOthers(volume) {
                    // 4-5: its provisioner deletes it: `berth-node` for berth/local, others for theirs.
                    return release("4-5", volume)
                    // OBSERVATION: volume is "Released"
                } else {
                    // 4-6: nobody here knows how to delete what is behind it; it is not touched.
                    return fail(
                        "4-6", volume, VolumeEventReason.volumeFailedDelete,
                        "error getting deleter volume plugin for volume \"\(volume.name)\": no deletable volume plugin "
                            + "matched; its data is left as it is")
                    // OBSERVATION: volume is "Failed"
                }
            case "Recycle":
                // 4-7: scrubbing volumes is not done here.
                return fail(
                    "4-7", volume, VolumeEventReason.volumeFailedRecycle, "No recycler plugin found for the volume!")
            // OBSERVATION: volume is "Failed"
            default:
                // 4-8: a policy from the future.
                return fail(
                    "4-8", volume, VolumeEventReason.volumeUnknownReclaimPolicy,
                    "Volume has unrecognized PersistentVolumeReclaimPolicy")
            // OBSERVATION: volume is "Failed"
            }
        }
    }

    /// An external provisioner made it. What it says of itself counts, not its source: a CSI volume that was written by
    /// hand has nobody who deletes it.
    private func isDeletedByOthers(_ volume: PersistentVolume) -> Bool {
        !volume.provisionedBy.isEmpty && !volume.provisionedBy.hasPrefix(Provisioner.inTreePrefix)
    }

    private func release(_ branch: String, _ volume: PersistentVolume) -> BindDecision {
        var decision = BindDecision(branch)
        if volume.phase != .released && volume.phase != .failed {
            decision.writes = BindingWrites.setPhase(.released, of: volume)
        } else {
            // It has been released, or has failed and keeps saying so.
        }
        return decision
    }

    private func fail(
        _ branch: String, _ volume: PersistentVolume, _ reason: String, _ message: String
    ) -> BindDecision {
        var decision = BindDecision(branch)
        if volume.phase != .failed {
            decision.writes = BindingWrites.setPhase(.failed, of: volume, message: message)
            decision.events = [VolumeEvent(volume.object, .warning, reason, message)]
        } else {
            // It has failed before, and said so.
        }
        return decision
    }
}
