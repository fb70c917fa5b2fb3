package import Objects

/// Required affinity and anti-affinity between pods
/// (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity).
package enum PodTerms {
    package enum Conflict: Sendable, Equatable { case affinity, antiAffinity, existingAntiAffinity }

    /// - Parameter placed: the pods that are on nodes, with their nodes.
    package static func conflict(_ pod: Object, _ node: Object, _ placed: [(pod: Object, node: Object)]) -> Conflict? {
        for term in terms(pod, "podAntiAffinity")
        where neighbours(term, of: pod, node, placed).contains(where: { _ in true }) {
            return .antiAffinity
        }
        for other in placed {
            for term in terms(other.pod, "podAntiAffinity")
            where isSameTopology(term, node, other.node) && selects(term, of: other.pod, pod) {
                return .existingAntiAffinity
            }
        }
        for term in terms(pod, "podAffinity") where neighbours(term, of: pod, node, placed).isEmpty {
            // The first of a group that wants to be together has nobody to be with yet.
            let nobodyAnywhere = !placed.contains { selects(term, of: pod, $0.pod) }
            let hasTopology = node.label(term["topologyKey"]?.string ?? "") != nil
            if !(nobodyAnywhere && hasTopology && selects(term, of: pod, pod)) { return .affinity }
        }
        return nil
    }

    private static func terms(_ pod: Object, _ kind: String) -> [JSON] {
        pod["spec", "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution"]?.array ?? []
    }

    private static func neighbours(
        _ term: JSON, of pod: Object, _ node: Object, _ placed: [(pod: Object, node: Object)]
    ) -> [Object] {
        placed.filter { isSameTopology(term, node, $0.node) && selects(term, of: pod, $0.pod) }.map(\.pod)
    }

    private static func isSameTopology(_ term: JSON, _ node: Object, _ other: Object) -> Bool {
        let key = term["topologyKey"]?.string ?? ""
        guard let value = node.label(key) else { return false }
        return other.label(key) == value
    }

    /// Namespaces default to the pod's own; a namespace selector is taken as "every namespace" when it is empty, and
    /// otherwise as none: the scheduler of one machine does not look at namespaces' labels.
    private static func selects(_ term: JSON, of pod: Object, _ candidate: Object) -> Bool {
        let named = term["namespaces"]?.array?.compactMap(\.string) ?? []
        let isEverywhere = term["namespaceSelector"]?.object?.isEmpty == true
        let namespaces = named.isEmpty && term["namespaceSelector"] == nil ? [pod.namespace] : named
        guard isEverywhere || namespaces.contains(candidate.namespace) else { return false }
        guard let selector = term["labelSelector"].flatMap({ LabelSelector($0) }) else { return false }
        return selector.matches(candidate)
    }
}
