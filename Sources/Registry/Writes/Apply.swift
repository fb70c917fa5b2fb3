import Objects

extension Registry {
    /// Server-side apply: merges the fields of `configuration` into the object, makes the manager their owner and
    /// refuses what belongs to others (409) unless forced. Creates the object if there is none.
    func apply(
        _ key: ObjectKey, _ configuration: JSON, _ subresource: Subresource?, _ options: WriteOptions, _ user: User
    ) async throws(Status) -> PatchOutcome {
        let kind = try kind(of: key.resource)
        var configuration = configuration
        if subresource == .scale {
            configuration["kind"] = .string(kind.kind)
            configuration["apiVersion"] = .string(kind.apiVersion)
        }
        let decoded = try catalog.decodeApplied(configuration, as: kind)
        let manager = FieldManager(kind, subresource: subresource?.rawValue ?? "")
        let name = FieldOwners.manager(options, user)
        let now = self.options.clock().text
        while true {
            do throws(Status) {
                let object = try await update(
                    key, subresource, options, user, isReplacement: false, isApplied: true
                ) { live throws(Status) in
                    try manager.applied(decoded, live: live, manager: name, force: options.force, now: now)
                }
                return PatchOutcome(object: object, created: false, warnings: [])
            } catch {
                guard error == .notFound(key.resource, key.name), subresource == nil else { throw error }
            }
            let first = try manager.applied(
                decoded, live: nil, manager: name, force: options.force, now: now)
            if let made = try await createApplied(first, key, kind, options, user) {
                return PatchOutcome(object: made, created: true, warnings: [])
            }
        }
    }

    /// nil: somebody else made it meanwhile.
    private func createApplied(
        _ object: Object, _ key: ObjectKey, _ kind: KindSchema, _ options: WriteOptions, _ user: User
    ) async throws(Status) -> Object? {
        guard object.name == key.name else {
            throw .badRequest(
                "the name of the object (\(object.name)) does not match the name on the URL (\(key.name))")
        }
        guard object.uid.isEmpty else {
            throw .conflict(
                key.resource, key.name,
                because:
                    "uid mismatch: the provided object specified uid \(object.uid), and no existing object was found")
        }
        var object = object
        object.resourceVersion = ""
        do throws(Status) {
            return try await tryCreate(
                object, kind, key.namespace, options, user, isLastTry: false, isApplied: true)
        } catch {
            guard error.reason == "AlreadyExists" else { throw error }
            return nil
        }
    }
}
