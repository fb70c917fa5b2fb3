import Objects
import Registry

/// Effects on the set itself and on what belongs to it: owners, revisions, status.
extension SetEffects {
    /// Adopts and releases. A set that was deleted or replaced meanwhile must adopt nothing, so it is read from the
    /// store first (kubernetes#42639).
    func settle(_ pods: Ownership, _ revisions: Ownership, _ set: SetSpec) async throws(Status) -> Written {
        let fresh = try registry.get(set.key)
        guard fresh.uid == set.uid, !fresh.isBeingDeleted else {
            throw .conflict(.statefulSets, set.name, because: "it is being deleted or was replaced")
        }
        var written = Written()
        for pod in pods.adopted {
            try await replace(.pods, with: Ownership.adopting(pod, by: set), &written)
        }
        for pod in pods.released {
            try await replace(.pods, with: Ownership.releasing(pod, by: set), &written)
        }
        for revision in revisions.adopted {
            try await replace(.controllerRevisions, with: Ownership.adopting(revision, by: set), &written)
        }
        return written
    }

    /// Puts the set's template on record and returns the record.
    func record(
        _ decision: SetRevisions.Decision, _ set: SetSpec, _ written: inout Written
    ) async throws(Status) -> SetRevision {
        switch decision {
        case .use(_, let update): return update
        case .renumber(let revision, let number):
            var object = revision.object
            object["revision"] = .integer(number)
            return SetRevision(try await replace(.controllerRevisions, with: object, &written))
        case .create(let object):
            do {
                let made = try await registry.create(object, .controllerRevisions, namespace: set.namespace, by: user)
                written.note(.controllerRevisions, made)
                return SetRevision(made)
            } catch {
                guard error.reason == "AlreadyExists" else { throw error }
                return try await resolveCollision(with: object, set, error)
            }
        }
    }

    /// The name is taken. By the same record, made before a crash or left behind by an earlier set of this name: then
    /// it serves. By another template with the same hash: then the next name is another one.
    private func resolveCollision(
        with object: Object, _ set: SetSpec, _ error: Status
    ) async throws(Status) -> SetRevision {
        let found = try registry.get(ObjectKey(.controllerRevisions, namespace: set.namespace, name: object.name))
        if SetRevisions.isSameRecord(found, as: object) { return SetRevision(found) }
        _ = try await registry.update(set.key, subresource: .status, by: user) { current throws(Status) in
            var status = SetStatus(current["status"])
            // Whatever somebody wrote there: another number is another name.
            status.collisionCount &+= 1
            var current = current
            current["status"] = status.json
            return current
        }
        throw error
    }

    func remove(_ surplus: [SetRevision], _ set: SetSpec, _ written: inout Written) async throws(Status) {
        for revision in surplus {
            let key = ObjectKey(.controllerRevisions, namespace: set.namespace, name: revision.name)
            do {
                let options = DeleteOptions(uid: revision.object.uid)
                written.note(.controllerRevisions, try await registry.delete(key, options: options, by: user).object)
            } catch {
                guard error.reason == "NotFound" || error.reason == "Conflict" else { throw error }
            }
        }
    }

    /// Writes the status unless it says so already. The counts are those of this round's observation, so a set that
    /// was replaced meanwhile keeps its own.
    func report(_ status: SetStatus, _ set: SetSpec, _ written: inout Written) async throws(Status) {
        guard SetStatus(set.object["status"]) != status || set.object["status"] == nil else { return }
        let uid = set.uid
        let updated = try await registry.update(set.key, subresource: .status, by: user) { current throws(Status) in
            guard current.uid == uid else { throw .conflict(.statefulSets, current.name, because: "it was replaced") }
            var current = current
            current["status"] = status.json
            return current
        }
        written.note(.statefulSets, updated)
    }

    @discardableResult
    private func replace(
        _ resource: ResourceName, with object: Object, _ written: inout Written
    ) async throws(Status) -> Object {
        let key = ObjectKey(resource, namespace: object.namespace, name: object.name)
        let updated = try await registry.update(key, by: user) { _ throws(Status) in object }
        written.note(resource, updated)
        return updated
    }
}

extension SetSpec {
    var key: ObjectKey { ObjectKey(.statefulSets, namespace: namespace, name: name) }
}
