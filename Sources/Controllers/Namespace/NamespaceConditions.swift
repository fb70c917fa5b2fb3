package import Objects

/// What is left of a namespace that is being deleted, and how its status says so. Types, reasons and texts are
/// upstream's (kubernetes/pkg/controller/namespace/deletion/status_condition_utils.go).
package struct NamespaceRemains: Sendable, Equatable {
    /// Resources (`pods.`, `statefulsets.apps`) with the number of their objects.
    package var counts: [String: Int] = [:]
    package var finalizers: [String: Int] = [:]
    package var failures: [String] = []

    package init() {}

    package var isEmpty: Bool { counts.isEmpty && failures.isEmpty }

    /// - Parameter others: how many there are besides `objects`, all without finalizers.
    package mutating func add(_ resource: ResourceName, _ objects: [Object], others: Int = 0) {
        guard !objects.isEmpty || others > 0 else { return }
        counts["\(resource.resource).\(resource.group)", default: 0] += objects.count + others
        for finalizer in objects.flatMap(\.finalizers) { finalizers[finalizer, default: 0] += 1 }
    }

    /// The conditions with `now` where one changed, and the old time where it did not.
    package func conditions(after old: [JSON], now: String) -> [JSON] {
        [discovery, parsing, content, remaining, finalizing].map { wanted in
            var condition = wanted
            let before = old.first { $0["type"] == wanted["type"] }
            let isSame = before?["status"] == wanted["status"]
            condition["lastTransitionTime"] = isSame ? before?["lastTransitionTime"] : .string(now)
            return condition
        }
    }

    private var discovery: JSON {
        condition(
            "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered")
    }

    private var parsing: JSON {
        condition(
            "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
            "All legacy kube types successfully parsed")
    }

    private var content: JSON {
        let type = "NamespaceDeletionContentFailure"
        guard !failures.isEmpty else {
            return condition(
                type, false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization")
        }
        let text = failures.sorted().joined(separator: ", ")
        return condition(
            type, true, "ContentDeletionFailed",
            "Failed to delete all resource types, \(failures.count) remaining: \(text)")
    }

    private var remaining: JSON {
        let type = "NamespaceContentRemaining"
        guard !counts.isEmpty else {
            return condition(type, false, "ContentRemoved", "All content successfully removed")
        }
        let text = counts.sorted { $0.key < $1.key }.map { "\($0.key) has \($0.value) resource instances" }
        return condition(
            type, true, "SomeResourcesRemain", "Some resources are remaining: " + text.joined(separator: ", "))
    }

    private var finalizing: JSON {
        let type = "NamespaceFinalizersRemaining"
        guard !finalizers.isEmpty else {
            return condition(type, false, "ContentHasNoFinalizers", "All content-preserving finalizers finished")
        }
        let text = finalizers.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }
        return condition(
            type, true, "SomeFinalizersRemain",
            "Some content in the namespace has finalizers remaining: " + text.joined(separator: ", "))
    }

    private func condition(_ type: String, _ status: Bool, _ reason: String, _ message: String) -> JSON {
        [
            "type": .string(type), "status": status ? "True" : "False", "lastTransitionTime": nil,
            "reason": .string(reason), "message": .string(message),
        ]
    }
}
