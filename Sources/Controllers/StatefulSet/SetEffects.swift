import Objects
package import Registry

/// Carries out what was decided, one guarded write after the other: creations fail where the name is taken, deletions
/// name the UID, changes name the version that they were made from. What is stale fails, and the set is decided anew.
package struct SetEffects: Sendable {
    package static let component = "statefulset-controller"

    package typealias Written = WrittenRevisions

    let registry: Registry
    let events: EventRecorder
    let user = User.controller(SetEffects.component)

    package init(_ registry: Registry) {
        self.registry = registry
        events = EventRecorder(registry)
    }

    // MARK: The plan

    /// Stage after stage; the writes of a stage side by side if the set allows it. Ends after the first stage in which
    /// something failed, with that error beside what was written.
    func carryOut(_ plan: SetPlan, _ set: SetSpec) async -> (Written, Status?) {
        var written = Written()
        for stage in plan.stages {
            let results = set.isParallel ? await sideBySide(stage, set) : await inOrder(stage, set)
            for result in results { written.merge(result.0) }
            if let error = results.lazy.compactMap(\.1).first { return (written, error) }
        }
        return (written, nil)
    }

    private func inOrder(_ stage: [SetPlan.Unit], _ set: SetSpec) async -> [(Written, Status?)] {
        var results: [(Written, Status?)] = []
        for unit in stage {
            results.append(await carryOut(unit, set))
            if results.last?.1 != nil { break }
        }
        return results
    }

    /// At most 64 at a time: enough for the store to put many into one batch.
    private func sideBySide(_ stage: [SetPlan.Unit], _ set: SetSpec) async -> [(Written, Status?)] {
        await withTaskGroup(of: (Written, Status?).self) { group in
            var waiting = stage.makeIterator()
            for _ in 0..<64 {
                guard let unit = waiting.next() else { break }
                group.addTask { await carryOut(unit, set) }
            }
            var results: [(Written, Status?)] = []
            while let result = await group.next() {
                results.append(result)
                if let unit = waiting.next() { group.addTask { await carryOut(unit, set) } }
            }
            return results
        }
    }

    private func carryOut(_ unit: SetPlan.Unit, _ set: SetSpec) async -> (Written, Status?) {
        var written = Written()
        for write in unit {
            do {
                try await perform(write, set, &written)
            } catch {
                return (written, error)
            }
        }
        return (written, nil)
    }

    private func perform(_ write: SetWrite, _ set: SetSpec, _ written: inout Written) async throws(Status) {
        switch write {
        case .createClaim(let claim, let pod): try await createClaim(claim, pod: pod, set, &written)
        case .setClaimOwners(let claim, let owners): try await setOwners(owners, of: claim, set, &written)
        case .growClaim(let claim, let size): try await growClaim(claim, to: size, set, &written)
        case .createPod(let pod): try await createPod(pod, set, &written)
        case .updatePod(let pod): try await updatePod(pod, set, &written)
        case .deletePod(let name, let uid): try await deletePod(name, uid: uid, set, &written)
        case .event(let type, let reason, let message):
            record(set, type == "Warning" ? .warning : .normal, reason, message)
        case .awaitClaim(let name, let pod, let isCreation):
            let error = Status.conflict(.persistentVolumeClaims, name, because: "pvc \(name) is being deleted")
            if isCreation { failed(set, "create", pod: pod, "pvc \(name) is being deleted") }
            throw error
        }
    }

    // MARK: Pods

    private func createPod(_ pod: Object, _ set: SetSpec, _ written: inout Written) async throws(Status) {
        do {
            let made = try await registry.create(pod, .pods, namespace: set.namespace, by: user)
            written.note(.pods, made)
        } catch {
            // The name is taken by a pod that the cache does not show yet, or by somebody else's.
            if error.reason != "AlreadyExists" { failed(set, "create", pod: pod.name, error.message) }
            throw error
        }
        succeeded(set, "create", pod: pod.name)
    }

    private func updatePod(_ pod: Object, _ set: SetSpec, _ written: inout Written) async throws(Status) {
        let key = ObjectKey(.pods, namespace: set.namespace, name: pod.name)
        do {
            written.note(.pods, try await registry.update(key, by: user) { _ throws(Status) in pod })
        } catch {
            if error.reason != "Conflict" { failed(set, "update", pod: pod.name, error.message) }
            throw error
        }
        succeeded(set, "update", pod: pod.name)
    }

    private func deletePod(
        _ name: String, uid: String, _ set: SetSpec, _ written: inout Written
    ) async throws(Status) {
        let key = ObjectKey(.pods, namespace: set.namespace, name: name)
        do {
            let outcome = try await registry.delete(key, options: DeleteOptions(uid: uid), by: user)
            written.note(.pods, outcome.object)
        } catch {
            // Gone, or another pod by now: the cache will show it, and then the set is decided anew.
            if error.reason == "NotFound" || error.reason == "Conflict" { return }
            failed(set, "delete", pod: name, error.message)
            throw error
        }
        succeeded(set, "delete", pod: name)
    }

    // MARK: Claims

    private func createClaim(
        _ claim: Object, pod: String, _ set: SetSpec, _ written: inout Written
    ) async throws(Status) {
        do {
            let made = try await registry.create(
                claim, .persistentVolumeClaims, namespace: set.namespace, by: user)
            written.note(.persistentVolumeClaims, made)
        } catch {
            if error.reason != "AlreadyExists" {
                record(
                    set, .warning, "FailedCreate",
                    "Create Claim \(claim.name) for Pod \(pod) in StatefulSet \(set.name) failed error: \(error.message)"
                )
                failed(set, "create", pod: pod, "failed to create PVC \(claim.name): \(error.message)")
            }
            throw error
        }
        record(
            set, .normal, "SuccessfulCreate",
            "Create Claim \(claim.name) Pod \(pod) in StatefulSet \(set.name) success")
    }

    private func setOwners(
        _ owners: [OwnerReference], of claim: Object, _ set: SetSpec, _ written: inout Written
    ) async throws(Status) {
        let key = ObjectKey(.persistentVolumeClaims, namespace: set.namespace, name: claim.name)
        var changed = claim
        changed.setOwnerReferences(owners)
        let desired = changed
        written.note(
            .persistentVolumeClaims, try await registry.update(key, by: user) { _ throws(Status) in desired })
    }

    /// What cannot grow (its class does not allow it, say) stays as it is and is said to.
    private func growClaim(
        _ claim: Object, to size: String, _ set: SetSpec, _ written: inout Written
    ) async throws(Status) {
        let key = ObjectKey(.persistentVolumeClaims, namespace: set.namespace, name: claim.name)
        var changed = claim
        changed["spec", "resources", "requests", "storage"] = .string(size)
        let desired = changed
        do {
            written.note(
                .persistentVolumeClaims, try await registry.update(key, by: user) { _ throws(Status) in desired })
        } catch {
            if error.reason == "Conflict" { throw error }
            let why = "Grow Claim \(claim.name) to \(size) in StatefulSet \(set.name) failed error: \(error.message)"
            return record(set, .warning, "FailedGrow", why)
        }
        record(
            set, .normal, "SuccessfulGrow", "Grow Claim \(claim.name) to \(size) in StatefulSet \(set.name) successful")
    }

    // MARK: Events

    private func succeeded(_ set: SetSpec, _ verb: String, pod: String) {
        record(
            set, .normal, "Successful" + capitalized(verb),
            "\(capitalized(verb)) Pod \(pod) in StatefulSet \(set.name) successful")
    }

    private func failed(_ set: SetSpec, _ verb: String, pod: String, _ why: String) {
        record(
            set, .warning, "Failed" + capitalized(verb),
            "\(capitalized(verb)) Pod \(pod) in StatefulSet \(set.name) failed error: \(why)")
    }

    private func record(_ set: SetSpec, _ type: EventRecorder.EventType, _ reason: String, _ message: String) {
        events.record(about: set.object, type: type, reason: reason, message: message, component: Self.component)
    }

    private func capitalized(_ verb: String) -> String { verb.prefix(1).uppercased() + verb.dropFirst() }
}
