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
        var object = try prepared(object, kind, namespace: namespace)
        let generated = object.name.isEmpty
        if generated {
            guard let base = object["metadata", "generateName"]?.string, !base.isEmpty else {
                throw .invalid(kind, "", [.required("metadata.name", "name or generateName is required")])
            }
            object.name = generateName(base)
        }
        let key = StorageKeys.object(kind, namespace: object.namespace, name: object.name)
        if options.dryRun {
            if try load(key, kind) != nil { throw .alreadyExists(resource, object.name) }
            return object
        }
        var batch = WriteBatch()
        batch.create(key, ObjectCoding.encode(object))
        guard let revision = try await submit(batch, by: user) else {
            throw generated ? .generatedNameExists(resource, object.name) : .alreadyExists(resource, object.name)
        }
        object = ObjectCoding.canonical(object)
        object.resourceVersion = String(revision)
        return object
    }

    private func prepared(_ given: Object, _ kind: KindSchema, namespace: String) throws(Status) -> Object {
        var object = given
        guard object.resourceVersion.isEmpty else {
            throw Status(
                code: 500, reason: "", message: "resourceVersion should not be set on objects to be created")
        }
        if kind.namespaced {
            guard object.namespace.isEmpty || object.namespace == namespace else {
                throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
            }
            object.namespace = namespace
        } else {
            object.namespace = ""
        }
        object.apiVersion = kind.apiVersion
        object.kind = kind.kind
        object.uid = newUID()
        object["metadata", "creationTimestamp"] = .string(options.clock().rfc3339)
        object["metadata", "deletionTimestamp"] = nil
        object["metadata", "deletionGracePeriodSeconds"] = nil
        return object
    }
}
