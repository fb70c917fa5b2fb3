import Objects

/// Keys whose values come from the pod's own labels become a part of the selector beside them when the pod is made, so
/// that what is chosen does not change with the labels (k8s.io/kubernetes, pkg/registry/core/pod/strategy.go).
enum MatchLabelKeys {
    static func merge(into pod: inout Object) {
        guard let labels = pod["metadata", "labels"]?.object.map(MemberLookup.init) else { return }
        for affinity in ["podAffinity", "podAntiAffinity"] {
            pod["spec", "affinity", affinity] = pod["spec", "affinity", affinity].map { merged($0, labels) }
        }
        if let constraints = pod["spec", "topologySpreadConstraints"]?.array {
            pod["spec", "topologySpreadConstraints"] = .array(constraints.map { term($0, labels) })
        }
    }

    private static func merged(_ affinity: JSON, _ labels: MemberLookup) -> JSON {
        var affinity = affinity
        let (required, preferred) = (
            "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
        )
        if let terms = affinity[required]?.array { affinity[required] = .array(terms.map { term($0, labels) }) }
        if let terms = affinity[preferred]?.array {
            affinity[preferred] = .array(
                terms.map { weighted in
                    var weighted = weighted
                    weighted["podAffinityTerm"] = weighted["podAffinityTerm"].map { term($0, labels) }
                    return weighted
                })
        }
        return affinity
    }

    private static func term(_ given: JSON, _ labels: MemberLookup) -> JSON {
        guard given["labelSelector"]?.object != nil else { return given }
        var expressions = given.at("labelSelector", "matchExpressions")?.array ?? []
        let known = expressions.count
        for (field, operation) in [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")] {
            for key in (given[field]?.array ?? []).compactMap(\.string) {
                guard let value = labels[key] else { continue }
                expressions.append(["key": .string(key), "operator": .string(operation), "values": [value]])
            }
        }
        guard expressions.count > known else { return given }
        var term = given
        term.set(["labelSelector", "matchExpressions"], .array(expressions))
        return term
    }
}
