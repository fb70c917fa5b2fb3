package import Objects
import Store

extension Registry {
    /// Stores a new object and returns it as stored. Errors: 400 (namespace or name do not fit), 403, 404 (namespace),
    /// 409 AlreadyExists, 422.
    package func create(
        _ object: Object, _ resource: ResourceName, namespace: String = "", options: WriteOptions = WriteOptions(),
        by user: User
    ) async throws(Status) -> Object {
        let kind = try kind(of: resource)
        // A generated name may be taken; upstream tries eight times in all.
        for _ in 0..<7 {
            if let made = try await tryCreate(object, kind, namespace, options, user, isLastTry: false) { return made }
        }
        guard let made = try await tryCreate(object, kind, namespace, options, user, isLastTry: true) else {
            throw .generatedNameExists(resource, object.name)
        }
        return made
    }

    /// nil: try again (a generated name was taken, or something that the object depends on changed meanwhile).
    func tryCreate(
        _ given: Object, _ kind: KindSchema, _ namespace: String, _ options: WriteOptions, _ user: User,
        isLastTry: Bool, isApplied: Bool = false
    ) async throws(Status) -> Object? {
        var request = WriteRequest(
            kind: kind, namespace: namespace, options: options, user: user, now: self.options.clock(),
            isApplied: isApplied)
        let object = try prepareNew(given, &request)
        let key = StorageKeys.object(kind, namespace: object.namespace, name: object.name)
        if let present = try load(key, kind) {
            if given.name.isEmpty && !isLastTry { return nil }
            throw exists(present.object, object.name, kind, generated: given.name.isEmpty)
        }
        try addIndexes(of: [ObjectWrite(kind: kind, old: nil, new: object, key: key)], to: &request.batch)
        if options.dryRun { return ObjectCoding.canonical(object) }
        if kind.resourceName == .namespaces { try addServiceAccount(of: object, &request.batch) }
        request.batch.create(key, ObjectCoding.encode(object), lease: try await lease(for: kind))
        guard let revision = try await submit(request.batch, by: user) else {
            if isLastTry { throw .conflict(kind.resourceName, object.name) }
            return nil
        }
        return stored(object, at: revision)
    }

    /// The object as the write at `revision` left it.
    func stored(_ object: Object, at revision: Int64) -> Object {
        var object = ObjectCoding.canonical(object)
        object.resourceVersion = String(revision)
        return object
    }

    private func exists(_ present: Object, _ name: String, _ kind: KindSchema, generated: Bool) -> Status {
        if generated { return .generatedNameExists(kind.resourceName, name) }
        var status = Status.alreadyExists(kind.resourceName, name)
        if present.isBeingDeleted { status.message = "object is being deleted: \(status.message)" }
        return status
    }
}

extension Registry {
    /// Everything that happens to a new object before it is stored: defaults, identity, admission, the kind's
    /// strategy, validation.
    func prepareNew(_ given: Object, _ request: inout WriteRequest) throws(Status) -> Object {
        let kind = request.kind
        var object = given
        object.kind = kind.kind
        object.apiVersion = kind.apiVersion
        try fitNamespace(&object, kind, request.namespace)
        object = try completed(object, kind)
        object["metadata", "deletionTimestamp"] = nil
        object["metadata", "deletionGracePeriodSeconds"] = nil
        object["metadata", "selfLink"] = nil
        object = tracked(object, nil, request)
        if object.name.isEmpty, let base = object["metadata", "generateName"]?.string, !base.isEmpty {
            object.name = generateName(base)
        }
        object.uid = newUID()
        object["metadata", "creationTimestamp"] = .string(request.now.rfc3339)
        try admitNew(&object, &request)
        if kind.resourceName == .services { try allocate(for: &object, replacing: nil, &request.batch) }
        prepareByStrategy(&object, request)
        let problems = validateNew(object, kind)
        guard problems.isEmpty else { throw .invalid(kind, object.name, problems) }
        guard object.resourceVersion.isEmpty else {
            throw Status(
                code: 500, reason: "", message: "resourceVersion should not be set on objects to be created")
        }
        return object
    }

    private func prepareByStrategy(_ object: inout Object, _ request: WriteRequest) {
        let strategy = Strategy.of(request.kind)
        if strategy.hasGeneration, strategy.startsGeneration { object["metadata", "generation"] = 1 }
        strategy.prepareCreate(&object, request.now)
        if request.kind.hasStatus && !strategy.keepsStatusOnCreate {
            object["status"] = strategy.initialStatus(object, request.now)
        }
    }

    func fitNamespace(_ object: inout Object, _ kind: KindSchema, _ namespace: String) throws(Status) {
        guard kind.namespaced else {
            object.namespace = ""
            return
        }
        guard object.namespace.isEmpty || object.namespace == namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        object.namespace = namespace
    }
}
