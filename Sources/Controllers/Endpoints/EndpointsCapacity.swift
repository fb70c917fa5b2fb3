import Objects

/// Pods that have the same ports, in the order of their addresses.
struct EndpointsSubset: Sendable {
    var ready: [PodEndpoint]
    var others: [PodEndpoint]
    let ports: [EndpointPort]

    init(_ pods: [PodEndpoint], _ ports: [EndpointPort]) {
        let sorted = pods.sorted { ($0.address, $0.uid) < ($1.address, $1.uid) }
        ready = sorted.filter(\.isReady)
        others = sorted.filter { !$0.isReady }
        self.ports = ports
    }

    var json: JSON {
        var members: [JSONObject.Member] = []
        if !ready.isEmpty { members.append(("addresses", .array(ready.map(\.addressJSON)))) }
        if !others.isEmpty { members.append(("notReadyAddresses", .array(others.map(\.addressJSON)))) }
        if !ports.isEmpty { members.append(("ports", .array(ports.map(\.json)))) }
        return .object(JSONObject(members))
    }
}

/// Endpoints hold a thousand addresses and say when there are more; EndpointSlices have them all
/// (https://kubernetes.io/docs/concepts/services-networking/service/#over-capacity-endpoints).
enum EndpointsCapacity {
    static let most = 1000
    static let annotation = "endpoints.kubernetes.io/over-capacity"
    static let mark = "truncated"

    /// Ready addresses first, of each subset as many as is its part of all (upstream's `truncateEndpoints`).
    ///
    /// - Returns: whether something was left out.
    static func truncate(_ subsets: inout [EndpointsSubset]) -> Bool {
        let ready = subsets.reduce(0) { $0 + $1.ready.count }
        let others = subsets.reduce(0) { $0 + $1.others.count }
        guard ready + others > most else { return false }
        if ready > most {
            for index in subsets.indices { subsets[index].others = [] }
            truncate(&subsets, \.ready, from: ready, to: most)
        } else {
            truncate(&subsets, \.others, from: others, to: most - ready)
        }
        return true
    }

    /// Parts are rounded up, so that the last subsets may get less than theirs.
    private static func truncate(
        _ subsets: inout [EndpointsSubset], _ list: WritableKeyPath<EndpointsSubset, [PodEndpoint]>, from all: Int,
        to most: Int
    ) {
        var left = most
        for index in subsets.indices {
            let part = (subsets[index][keyPath: list].count * most + all - 1) / all
            let kept = subsets[index][keyPath: list].prefix(min(part, left))
            subsets[index][keyPath: list] = Array(kept)
            left -= kept.count
        }
    }
}
