import Objects

/// `allowedTopologies` of a class
/// (https://kubernetes.io/docs/concepts/storage/storage-classes/#allowed-topologies).
enum AllowedTopologies {
    /// Terms are alternatives, each a list of keys with their allowed values; no terms allow every node.
    static func contain(_ node: Object, _ storageClass: StorageClass) -> Bool {
        guard let terms = storageClass.object["allowedTopologies"]?.array, !terms.isEmpty else { return true }
        return terms.contains { term in
            let expressions = term["matchLabelExpressions"]?.array ?? []
            return !expressions.isEmpty
                && expressions.allSatisfy { expression in
                    guard let value = node.label(expression["key"]?.string ?? "") else { return false }
                    return (expression["values"]?.array ?? []).contains(.string(value))
                }
        }
    }
}
