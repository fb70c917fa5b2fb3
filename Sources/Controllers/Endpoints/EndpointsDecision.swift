package import Objects

/// The older Endpoints object of a service, one with everything in it
/// (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/).
package enum EndpointsDecision {
    /// The object as it should be, or nil if `existing` is as it should be.
    package static func decide(_ service: ServiceView, _ endpoints: [PodEndpoint], existing: Object?) -> Object? {
        guard service.hasSelector, !service.object.isBeingDeleted else { return nil }
        var found = subsets(service, endpoints.filter { !$0.isTerminating || service.publishesNotReady })
        let mark = EndpointsCapacity.truncate(&found) ? EndpointsCapacity.mark : nil
        let wanted = JSON.array(found.map(\.json))
        let labels = labels(service)
        var object =
            existing
            ?? Object([
                "kind": "Endpoints", "apiVersion": "v1",
                "metadata": ["name": .string(service.name), "namespace": .string(service.namespace)],
            ])
        let isSame =
            existing != nil && (object["subsets"] ?? []) == wanted && object["metadata", "labels"] == labels
            && object.annotation(EndpointsCapacity.annotation) == mark
        if isSame { return nil }
        object.setAnnotation(EndpointsCapacity.annotation, mark)
        if object["metadata", "annotations"] == [:] { object["metadata", "annotations"] = nil }
        object["metadata", "labels"] = labels
        object["subsets"] = wanted == [] ? Optional.none : wanted
        return object
    }

    /// Ports that the same pods have together, with those pods, ready and not ready apart, in the order of their
    /// addresses (upstream's `RepackSubsets`). A pod that has none of the service's ports is no endpoint.
    private static func subsets(_ service: ServiceView, _ endpoints: [PodEndpoint]) -> [EndpointsSubset] {
        guard !service.ports.isEmpty else { return endpoints.isEmpty ? [] : [EndpointsSubset(endpoints, [])] }
        var order: [EndpointPort] = []
        var pods: [EndpointPort: [PodEndpoint]] = [:]
        for endpoint in endpoints {
            for port in endpoint.ports {
                if pods[port] == nil { order.append(port) }
                pods[port, default: []].append(endpoint)
            }
        }
        var groups: [(pods: [PodEndpoint], ports: [EndpointPort])] = []
        for port in order {
            let found = pods[port] ?? []
            if let index = groups.firstIndex(where: { $0.pods == found }) {
                groups[index].ports.append(port)
            } else {
                groups.append((found, [port]))
            }
        }
        return groups.sorted { "\($0.ports)" < "\($1.ports)" }.map { EndpointsSubset($0.pods, $0.ports) }
    }

    private static func labels(_ service: ServiceView) -> JSON {
        var labels = service.object["metadata", "labels"]?.object ?? JSONObject()
        labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller"
        labels[SliceDecision.headless] = service.isHeadless ? "" : nil
        return .object(labels)
    }
}
