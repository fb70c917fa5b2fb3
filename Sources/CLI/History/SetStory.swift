import Objects

/// Whose history belongs to that of a StatefulSet: the pods, claims and revisions that it ever had, as far as its own
/// past tells. They may be gone, so nobody can be asked for them.
struct SetStory {
    /// More ordinals than this would be no story that anybody reads.
    static let maximumOrdinals = 1000

    var pods: Set<String> = []
    var claims: Set<String> = []
    var revisions: Set<String> = []

    /// - Parameter past: the versions of one set.
    init(_ past: [Object]) {
        for set in past {
            let start = Int(set["spec", "ordinals", "start"]?.integer ?? 0)
            let replicas = max(set["spec", "replicas"]?.integer ?? 1, set["status", "replicas"]?.integer ?? 0)
            let templates = (set["spec", "volumeClaimTemplates"]?.array ?? []).map { Object($0).name }
            for ordinal in start..<(start + min(Int(max(0, replicas)), Self.maximumOrdinals)) {
                pods.insert("\(set.name)-\(ordinal)")
                for template in templates { claims.insert("\(template)-\(set.name)-\(ordinal)") }
            }
            for field in ["currentRevision", "updateRevision"] {
                if let name = set["status", field]?.string, !name.isEmpty { revisions.insert(name) }
            }
        }
    }

    var keys: [(resource: ResourceName, name: String)] {
        pods.sorted().map { (.pods, $0) } + claims.sorted().map { (.persistentVolumeClaims, $0) }
            + revisions.sorted().map { (.controllerRevisions, $0) }
    }
}
