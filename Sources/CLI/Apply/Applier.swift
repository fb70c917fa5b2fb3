import Client
import Objects

/// Brings one object to what its manifest says.
struct Applier {
    /// kubectl's, so that the fields belong to the same manager whichever tool applies.
    static let fieldManager = "kubectl-client-side-apply"
    private static let conflictLimit = 5

    enum Outcome: String {
        case created, configured, unchanged
        case serverSide = "serverside-applied"
    }

    var client: APIClient
    var dryRun: DryRun
    /// `Strict`, `Warn` or `Ignore`
    var validation: String

    private var query: WriteQuery {
        WriteQuery(fieldManager: Self.fieldManager, fieldValidation: validation, dryRun: dryRun == .server)
    }

    func apply(_ target: ManifestTarget) async throws -> (outcome: Outcome, object: Object) {
        guard !target.object.name.isEmpty else {
            throw CommandFailure("error: \(target.source): metadata.name is missing (apply cannot use generateName)")
        }
        var conflicts = 0
        while true {
            do {
                return try await applyOnce(target)
            } catch let status as Status where status.code == 409 && conflicts < Self.conflictLimit {
                // Somebody created or wrote it in between: look again.
                conflicts += 1
            }
        }
    }

    private func applyOnce(_ target: ManifestTarget) async throws -> (outcome: Outcome, object: Object) {
        let current: Object
        do {
            current = try await client.get(target.resource, namespace: target.namespace, name: target.object.name)
        } catch let status as Status where status.code == 404 {
            return (.created, try await create(target))
        }
        let plan = Self.plan(target, current)
        if plan.lacksAnnotation { warn(target) }
        guard !plan.patch.isEmpty else { return (.unchanged, current) }
        guard dryRun != .client else { return (.configured, current) }
        let patched = try await client.patch(
            target.resource, namespace: target.namespace, name: target.object.name, type: plan.type,
            patch: .object(plan.patch), query: query)
        // kubectl says "configured" whenever it sent a patch, also for lists that the server had only defaulted.
        let isSame = dryRun == .none && patched.resourceVersion == current.resourceVersion
        return (isSame ? .unchanged : .configured, patched)
    }

    private func create(_ target: ManifestTarget) async throws -> Object {
        let object = LastApplied.annotated(target.object)
        guard dryRun != .client else { return object }
        return try await client.create(object, in: target.resource, namespace: target.namespace, query: query)
    }

    struct Plan {
        var patch: JSONObject
        var type: PatchType
        var lacksAnnotation: Bool
    }

    /// The patch between the object as it is and its manifest; pure.
    static func plan(_ target: ManifestTarget, _ current: Object) -> Plan {
        var wanted = LastApplied.annotated(target.object).json
        // Generated manifests carry `creationTimestamp: null`, which means nothing.
        if wanted.at("metadata", "creationTimestamp") == .null { wanted.set(["metadata", "creationTimestamp"], nil) }
        let shape = PatchShape.builtin(
            APIResourceName(apiVersion: target.object.apiVersion, kind: target.object.kind))
        let patch = ThreeWayDiff.patch(
            lastApplied: LastApplied.read(current), wanted: wanted, current: current.json, shape: shape ?? .untyped)
        return Plan(
            patch: patch.object ?? JSONObject(), type: shape == nil ? .merge : .strategic,
            lacksAnnotation: current.annotation(LastApplied.annotation) == nil)
    }

    private func warn(_ target: ManifestTarget) {
        Console.error(
            "Warning: resource \(target.resource.resource)/\(target.object.name) is missing the \(LastApplied.annotation)"
                + " annotation which is required by berth apply. berth apply should only be used on resources created"
                + " declaratively by either berth create --save-config or berth apply. The missing annotation will be"
                + " patched automatically.")
    }

    /// Server-side apply: the server merges by field owners.
    func applyOnServer(_ target: ManifestTarget, manager: String, force: Bool) async throws -> Object {
        let path = target.resource.path(namespace: target.namespace, name: target.object.name)
        var items: [(name: String, value: String)] = [("fieldManager", manager), ("fieldValidation", validation)]
        if force { items.append(("force", "true")) }
        if dryRun == .server { items.append(("dryRun", "All")) }
        return Object(
            try await client.json(
                .patch, path, query: items, body: target.object.json, contentType: PatchType.apply.rawValue))
    }
}
