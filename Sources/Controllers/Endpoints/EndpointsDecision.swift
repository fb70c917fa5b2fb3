package import Objects

/// The older Endpoints object of a service, one with everything in it
/// (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/).
package enum EndpointsDecision {
    /// The object as it should be, or nil if `existing` is as it should be.
    package static func decide(_ service: ServiceView, _ endpoints: [PodEndpoint], existing: Object?) -> Object? {
        guard service.hasSelector, !service.object.isBeingDeleted else { return nil }
        let subsets = subsets(endpoints.filter { !$0.isTerminating || service.publishesNotReady })
        let labels = labels(service)
        var object =
            existing
            ?? Object([
                "kind": "Endpoints", "apiVersion": "v1",
                "metadata": ["name": .string(service.name), "namespace": .string(service.namespace)],
            ])
        let isSame = existing != nil && (object["subsets"] ?? []) == subsets && object["metadata", "labels"] == labels
        if isSame { return nil }
        object["metadata", "labels"] = labels
        object["subsets"] = subsets.array?.isEmpty == true ? nil : subsets
        return object
    }

    /// Pods with the same ports together, ready and not ready apart, in the order of their addresses.
    private static func subsets(_ endpoints: [PodEndpoint]) -> JSON {
        let groups = Dictionary(grouping: endpoints, by: \.ports).sorted { "\($0.key)" < "\($1.key)" }
        return .array(
            groups.map { ports, group in
                let sorted = group.sorted { ($0.address, $0.uid) < ($1.address, $1.uid) }
                let ready = sorted.filter(\.isReady).map(\.addressJSON)
                let others = sorted.filter { !$0.isReady }.map(\.addressJSON)
                var subset: [JSONObject.Member] = []
                if !ready.isEmpty { subset.append(("addresses", .array(ready))) }
                if !others.isEmpty { subset.append(("notReadyAddresses", .array(others))) }
                if !ports.isEmpty { subset.append(("ports", .array(ports.map(\.json)))) }
                return .object(JSONObject(subset))
            })
    }

    private static func labels(_ service: ServiceView) -> JSON {
        var labels = service.object["metadata", "labels"]?.object ?? JSONObject()
        labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
        labels[SliceDecision.headless] = service.isHeadless ? "" : nil
        return .object(labels)
    }
}
