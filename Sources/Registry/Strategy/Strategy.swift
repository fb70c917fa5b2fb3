package import Objects

/// What is particular about writing one kind, as upstream's registry strategies say it (k8s.io/kubernetes,
/// pkg/registry). What all kinds have in common is in `Create`, `Update` and `Delete`.
struct Strategy: Sendable {
    /// A PUT of an object that does not exist creates it.
    var createsOnUpdate = false
    /// A PUT without resourceVersion overwrites whatever is there.
    var allowsUnconditionalUpdate = true
    /// DELETE answers with the object, not with a Status.
    var returnsDeleted = true
    /// Created with generation 1, which grows with every change of the spec.
    var hasGeneration = false
    /// False: a new object has the generation that the client sent, which is usually none.
    var startsGeneration = true
    /// Deletion waits for what the object does, and for the node it is on.
    var isGraceful = false
    /// The status of a new object; nil removes what the client sent; not called for kinds without status.
    var initialStatus: @Sendable (_ new: Object, _ now: Timestamp) -> JSON? = { _, _ in nil }
    /// The client's status of a new object is kept.
    var keepsStatusOnCreate = false
    /// Completes a new object before it is validated.
    var prepareCreate: @Sendable (_ new: inout Object, _ now: Timestamp) -> Void = { _, _ in }
    /// Takes back what an update must not change; the status has been taken back already.
    var prepareUpdate: @Sendable (_ new: inout Object, _ old: Object, _ now: Timestamp) -> Void = { _, _, _ in }
    /// Takes back what an update of the status must not change; the spec has been taken back already.
    var prepareStatus: @Sendable (_ new: inout Object, _ old: Object, _ now: Timestamp) -> Void = { _, _, _ in }
    /// Times that follow from what a write changed, whichever part of the object it wrote.
    var stamp: @Sendable (_ new: inout Object, _ old: Object, _ now: Timestamp) -> Void = { _, _, _ in }
    /// What of the object its generation counts.
    var counted: @Sendable (Object) -> JSON? = { $0["spec"] }

    static func of(_ kind: KindSchema) -> Strategy { table[kind.resourceName] ?? plain }

    /// Kinds whose DELETE answers with a Status: those that upstream did not change when it began to return objects.
    private static let plain = Strategy(returnsDeleted: false)

    private static let table: [ResourceName: Strategy] = [
        .pods: .pod,
        .persistentVolumes: .persistentVolume,
        .persistentVolumeClaims: .persistentVolumeClaim,
        .namespaces: .namespace,
        .services: .service,
        .nodes: Strategy(returnsDeleted: false, keepsStatusOnCreate: true),
        .statefulSets: Strategy(
            returnsDeleted: false, hasGeneration: true,
            initialStatus: { _, _ in ["replicas": 0, "availableReplicas": 0] },
            prepareCreate: { set, _ in DisabledFields.drop(&set, nil, ["spec", "template", "spec"]) },
            prepareUpdate: { set, old, _ in DisabledFields.drop(&set, old, ["spec", "template", "spec"]) }),
        .podDisruptionBudgets: Strategy(
            allowsUnconditionalUpdate: false, returnsDeleted: false, hasGeneration: true,
            initialStatus: { _, _ in
                ["disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0]
            }),
        .endpoints: Strategy(createsOnUpdate: true, returnsDeleted: false),
        .endpointSlices: .endpointSlice,
        .events: Strategy(createsOnUpdate: true, returnsDeleted: false),
        .leases: .lease,
        .secrets: .secret,
        .serviceAccounts: Strategy(),
        .storageClasses: Strategy(),
        .csiDrivers: Strategy(allowsUnconditionalUpdate: false, hasGeneration: true, startsGeneration: false),
        .csiNodes: .csiNode,
        .volumeAttachments: .volumeAttachment,
    ]
}

extension Registry {
    /// Whether DELETE of this resource answers with the object (true) or with a Status (false), as upstream.
    package func returnsDeletedObject(_ resource: ResourceName) -> Bool {
        catalog.kind(for: resource).map { Strategy.of($0).returnsDeleted } ?? false
    }

    /// Whether a PUT of a missing object creates it.
    package func createsOnUpdate(_ resource: ResourceName) -> Bool {
        catalog.kind(for: resource).map { Strategy.of($0).createsOnUpdate } ?? false
    }
}
