import Objects

/// Upstream checks the metadata of an update in several places, and its answer has a cause for each of them: once or
/// twice in what all kinds have in common (k8s.io/apiserver, registry/rest/update.go), again in the kind's own rules
/// (k8s.io/kubernetes, pkg/apis/core/validation). Clients see the same number here.
enum MetadataCauses {
    static func repeated(_ problems: [FieldError], _ kind: KindSchema, isStatus: Bool) -> [FieldError] {
        problems.flatMap { Array(repeating: $0, count: count($0, kind, isStatus: isStatus)) }
    }

    private static func count(_ problem: FieldError, _ kind: KindSchema, isStatus: Bool) -> Int {
        let path = problem.field.split(separator: ".")
        guard path.count > 1, path[0] == "metadata" else { return 1 }
        // One annotation that the kind's rules know.
        if problem.field.hasPrefix("metadata.annotations.") { return 1 }
        // The kind's rules look at the new object as if it were created (or twice), at the change, or at both.
        let asNew = isStatus && kind.kind != "VolumeAttachment" ? 0 : revalidated[kind.kind] ?? 0
        let asChange = unchanged.contains(kind.kind) && (!isStatus || kind.kind != "PersistentVolume") ? 0 : 1
        switch path[1].prefix(while: { $0 != "[" && $0 != "(" }) {
        case "labels", "annotations", "ownerReferences", "managedFields":
            return 2 + asNew + asChange
        case "finalizers" where problem.field.hasPrefix("metadata.finalizers["):
            return asNew + asChange
        case "finalizers" where problem.reason != .forbidden:
            return 1 + asNew
        case "taints":
            return 1
        default:
            return 1 + asChange
        }
    }

    private static let revalidated = [
        "ConfigMap": 1, "Secret": 1, "ServiceAccount": 1, "Namespace": 1, "Node": 1, "Pod": 1, "Endpoints": 1,
        "EndpointSlice": 1, "ControllerRevision": 1, "StorageClass": 1, "CSINode": 1, "VolumeAttachment": 1,
        "PersistentVolumeClaim": 2, "PersistentVolume": 2,
    ]
    /// Whose rules for updates leave the change of the metadata out.
    private static let unchanged: Set = [
        "PersistentVolume", "EndpointSlice", "CSINode", "VolumeAttachment", "PodDisruptionBudget", "Event",
    ]
}
