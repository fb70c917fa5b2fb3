package import Objects
import Store

extension Registry {
    /// Reads, changes and stores an object, again and again until nobody else wrote in between.
    ///
    /// `change` gets the object with its resourceVersion (of `scale`: the Scale). What it returns is stored if its
    /// resourceVersion is that one or empty; another one is a Conflict (409). An object that did not change is not
    /// written. With a subresource only that part of what `change` returns counts.
    package func update(
        _ key: ObjectKey, subresource: Subresource? = nil, options: WriteOptions = WriteOptions(), by user: User,
        _ change: @Sendable (Object) throws(Status) -> Object
    ) async throws(Status) -> Object {
        try await update(key, subresource, options, user, isReplacement: true, change)
    }

    /// `isReplacement`: a UID in what `change` returns is a precondition (PUT); otherwise it is a field (PATCH).
    func update(
        _ key: ObjectKey, _ subresource: Subresource?, _ options: WriteOptions, _ user: User, isReplacement: Bool,
        isApplied: Bool = false, _ change: @Sendable (Object) throws(Status) -> Object
    ) async throws(Status) -> Object {
        let kind = try kind(of: key.resource)
        let storageKey = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        while true {
            guard let stored = try load(storageKey, kind) else { throw .notFound(key.resource, key.name) }
            var request = WriteRequest(
                kind: kind, namespace: key.namespace, subresource: subresource, options: options, user: user,
                now: self.options.clock(), isApplied: isApplied)
            let view = SubresourceView(subresource, kind)
            let changed = try change(view.read(stored.object))
            let new = try prepareUpdate(
                view.write(changed, into: stored.object), of: stored.object, &request, isReplacement: isReplacement)
            guard let written = try await write(new, over: stored, &request) else { continue }
            return view.read(written)
        }
    }

    /// nil: somebody else wrote in between.
    private func write(
        _ new: Object, over stored: Stored, _ request: inout WriteRequest
    ) async throws(Status) -> Object? {
        let ends = Deletion.isFinished(by: new, of: stored.object)
        if !ends, FieldOwners.isSame(new, stored.object) { return stored.object }
        let write = ObjectWrite(kind: request.kind, old: stored.object, new: ends ? nil : new, key: stored.key)
        try addIndexes(of: [write], to: &request.batch)
        if request.options.dryRun { return new }
        if ends {
            request.batch.remove(stored.key, at: stored.revision)
        } else {
            request.batch.replace(
                stored.key, at: stored.revision, ObjectCoding.encode(new),
                lease: request.kind.resource == ResourceName.events.resource
                    ? try await lease(for: request.kind) : stored.lease,
                isRelease: new.isBeingDeleted)
        }
        guard let revision = try await submit(request.batch, by: request.user) else { return nil }
        return self.stored(new, at: revision)
    }

    /// Everything that happens to a changed object before it is stored.
    func prepareUpdate(
        _ changed: Object, of old: Object, _ request: inout WriteRequest, isReplacement: Bool
    ) throws(Status) -> Object {
        let kind = request.kind
        var new = changed
        try checkIdentity(new, old, request, isReplacement: isReplacement)
        new.kind = kind.kind
        new.apiVersion = kind.apiVersion
        new["metadata", "selfLink"] = nil
        try fitNamespace(&new, kind, request.namespace)
        new = try completed(new, kind)
        try checkVersion(&new, old, kind)
        new = tracked(new, old, request)
        if request.subresource == nil { admitUpdate(&new, request) }
        if kind.resourceName == .services, request.subresource == nil {
            ClusterIPs.carryOver(&new, from: old)
            try allocate(for: &new, replacing: old, &request.batch)
        }
        keepWhatUpdatesKeep(&new, old, request)
        let problems = validateUpdate(new, replacing: old, kind, request.subresource)
        guard problems.isEmpty else { throw .invalid(kind, old.name, problems) }
        try admitValidUpdate(new, old, request)
        return new
    }

    private func checkIdentity(
        _ new: Object, _ old: Object, _ request: WriteRequest, isReplacement: Bool
    ) throws(Status) {
        if isReplacement, !new.uid.isEmpty, new.uid != old.uid {
            throw .conflict(
                request.resource, old.name,
                because: "Precondition failed: UID in precondition: \(new.uid), UID in object meta: \(old.uid)")
        }
        guard new.name == old.name else {
            throw .badRequest(
                new.name.isEmpty
                    ? "the name of the object (\(old.name) based on URL) was undeterminable: name must be provided"
                    : "the name of the object (\(new.name)) does not match the name on the URL (\(old.name))")
        }
        guard new.namespace.isEmpty || new.namespace == old.namespace || !request.kind.namespaced else {
            throw .badRequest(
                "the namespace of the object (\(new.namespace)) does not match the namespace on the URL "
                    + "(\(old.namespace))")
        }
    }

    private func checkVersion(_ new: inout Object, _ old: Object, _ kind: KindSchema) throws(Status) {
        if try ResourceVersion.isUnset(new.resourceVersion) {
            guard Strategy.of(kind).allowsUnconditionalUpdate else {
                // Upstream puts the resource where the kind belongs, and clients have learned it.
                let problem = FieldError.invalid("metadata.resourceVersion", 0, "must be specified for an update")
                throw Status.invalid(group: kind.group, kind: kind.resource, name: old.name, [problem])
                    ?? .internalError("resourceVersion must be specified for an update")
            }
            new.resourceVersion = old.resourceVersion
        }
        guard new.resourceVersion == old.resourceVersion else { throw .conflict(kind.resourceName, old.name) }
    }

    /// Metadata that belongs to the system, and the part of the object that this write does not concern.
    private func keepWhatUpdatesKeep(_ new: inout Object, _ old: Object, _ request: WriteRequest) {
        let strategy = Strategy.of(request.kind)
        switch request.subresource {
        case .status:
            for (field, _) in (old.json.object ?? JSONObject()) where !isMetadata(field) && field != "status" {
                new[field] = old[field]
            }
            for field in (new.json.object?.keys ?? []) where !isMetadata(field) && field != "status" {
                new[field] = old[field]
            }
            strategy.prepareStatus(&new, old, request.now)
        case .finalize:
            new["status"] = old["status"]
        case .binding:
            // Registry.bind is the only one that writes this way: spec and status are its own.
            break
        case .ephemeralContainers, .resize:
            if let part = PodParts.take(request.subresource, from: new, over: old) { new = part }
        default:
            if request.kind.hasStatus { new["status"] = old["status"] }
            strategy.prepareUpdate(&new, old, request.now)
        }
        strategy.stamp(&new, old, request.now)
        if new.uid.isEmpty { new.uid = old.uid }
        new["metadata", "creationTimestamp"] = old["metadata", "creationTimestamp"]
        // A deletion's time and grace cannot be taken back; what never was there cannot be set, which validation says.
        if let time = old["metadata", "deletionTimestamp"] { new["metadata", "deletionTimestamp"] = time }
        if new["metadata", "deletionGracePeriodSeconds"] == nil {
            new["metadata", "deletionGracePeriodSeconds"] = old["metadata", "deletionGracePeriodSeconds"]
        }
        new["metadata", "generation"] = old["metadata", "generation"]
        if strategy.hasGeneration, request.subresource != .binding, strategy.counted(new) != strategy.counted(old) {
            new.bumpGeneration()
        }
    }

    private func isMetadata(_ field: String) -> Bool { ["kind", "apiVersion", "metadata"].contains(field) }
}
