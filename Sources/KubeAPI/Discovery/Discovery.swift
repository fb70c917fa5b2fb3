import Objects
import Transport

/// What the server says about itself: groups, versions, resources and verbs, in the legacy form and in the aggregated
/// one (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api).
struct Discovery: Sendable {
    private let groups: [DiscoveredGroup]

    init(catalog: SchemaCatalog) { groups = DiscoveredGroup.all(catalog) }

    func answer(_ route: Route, _ call: Call) throws(Status) -> HTTPResponse {
        if let aggregated = aggregated(route, call) { return aggregated }
        let shape = try call.shape()
        switch route {
        case .root: return Answers.json(["paths": .array(paths.map { .string($0) })], shape)
        case .legacyVersions: return Answers.json(legacyVersions, shape)
        case .groups:
            return Answers.json(
                ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(named.map { $0.json(withKind: false) })],
                shape)
        case .group(let name):
            guard let group = named.first(where: { $0.name == name }) else { throw .unknownPath() }
            return Answers.json(group.json(withKind: true), shape)
        case .resources(let name, let version):
            guard let group = groups.first(where: { $0.name == name }), group.versions.contains(version) else {
                throw .unknownPath()
            }
            return Answers.json(group.resourceList(version), shape)
        default: throw .unknownPath()
        }
    }

    private var named: [DiscoveredGroup] { groups.filter { !$0.name.isEmpty } }

    private var legacyVersions: JSON {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": ""]],
        ]
    }

    func hasGroup(_ name: String) -> Bool { named.contains { $0.name == name } }

    private var paths: [String] {
        var paths = ["/api", "/api/v1", "/apis"]
        for group in named { paths += ["/apis/\(group.name)"] + group.versions.map { "/apis/\(group.name)/\($0)" } }
        return paths + ["/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
    }

    /// One document for all of `/api` or `/apis`, if that is what the client wants most.
    private func aggregated(_ route: Route, _ call: Call) -> HTTPResponse? {
        let chosen: [DiscoveredGroup]
        switch route {
        case .legacyVersions: chosen = groups.filter { $0.name.isEmpty }
        case .groups: chosen = named
        default: return nil
        }
        let first = call.request.headers.elements("Accept").lazy.compactMap { MediaType($0) }.first {
            $0.name == "application/json" && ($0.parameters["as"] == nil || isAggregated($0))
        }
        guard let first, isAggregated(first) else { return nil }
        let items = chosen.map(\.aggregated)
        var response = Answers.json(
            [
                "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
                "items": .array(items),
            ])
        response.head.headers["Content-Type"] = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        response.head.headers["Vary"] = "Accept"
        return response
    }

    private func isAggregated(_ type: MediaType) -> Bool {
        type.parameters["as"] == "APIGroupDiscoveryList" && type.parameters["g"] == "apidiscovery.k8s.io"
            && type.parameters["v"] == "v2"
    }
}
