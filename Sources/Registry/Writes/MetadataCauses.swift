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
        // The kind's rules look at the new object as if it were created, at the change, or at both.
        let isVolume = kind.kind == "PersistentVolume" && !isStatus
        let asNew = !isStatus && revalidated.contains(kind.kind) || isVolume
        let asChange = !isVolume
        switch path[1].prefix(while: { $0 != "[" && $0 != "(" }) {
        case "labels", "annotations", "ownerReferences":
            return 2 + (asNew ? 1 : 0) + (asChange ? 1 : 0)
        case "finalizers" where problem.reason != .forbidden:
            return 1 + (asNew ? 1 : 0)
        default:
            return 1 + (asChange ? 1 : 0)
        }
    }

    private static let revalidated: Set = ["ConfigMap", "Secret", "Service", "PersistentVolumeClaim"]
}
