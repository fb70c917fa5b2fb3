import Objects

extension APIClient {
    /// What the server serves, core group first, each group in its preferred version first. Asks by the aggregated
    /// form; a server that does not have it answers with the older lists, one a group.
    package func discover() async throws -> [APIResource] {
        let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
        async let core = json(.get, "/api", accept: accept)
        async let groups = json(.get, "/apis", accept: accept)
        return try await resources(of: core) + resources(of: groups)
    }

    private func resources(of answer: JSON) async throws -> [APIResource] {
        if answer["kind"]?.string == "APIGroupDiscoveryList" { return Discovery.aggregated(answer) }
        let versions = answer["versions"]?.array?.compactMap(\.string).map { (path: "/api/\($0)", name: $0) }
        let groups = (answer["groups"]?.array ?? []).flatMap { group in
            (group["versions"]?.array ?? []).compactMap { $0["groupVersion"]?.string }
                .map { (path: "/apis/\($0)", name: $0) }
        }
        var resources: [APIResource] = []
        for (path, name) in (versions ?? []) + groups {
            resources += Discovery.listed(try await json(.get, path), groupVersion: name)
        }
        return resources
    }
}

/// Reads the two forms in which a server says what it serves. Subresources are left out.
enum Discovery {
    /// `APIGroupDiscoveryList` (apidiscovery.k8s.io/v2)
    static func aggregated(_ answer: JSON) -> [APIResource] {
        (answer["items"]?.array ?? []).flatMap { group in
            (group["versions"]?.array ?? []).flatMap { version in
                (version["resources"]?.array ?? []).compactMap {
                    resource(
                        $0, group: group.at("metadata", "name")?.string ?? "",
                        version: version["version"]?.string ?? "")
                }
            }
        }
    }

    private static func resource(_ json: JSON, group: String, version: String) -> APIResource? {
        guard let name = json["resource"]?.string, let kind = json.at("responseKind", "kind")?.string else {
            return nil
        }
        return APIResource(
            group: group, version: version, resource: name, kind: kind,
            namespaced: json["scope"]?.string == "Namespaced",
            singular: json["singularResource"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            shortNames: strings(json["shortNames"]), categories: strings(json["categories"]),
            verbs: strings(json["verbs"]))
    }

    /// `APIResourceList`
    static func listed(_ answer: JSON, groupVersion: String) -> [APIResource] {
        let parts = groupVersion.split(separator: "/", maxSplits: 1).map(String.init)
        let (group, version) = parts.count == 2 ? (parts[0], parts[1]) : ("", groupVersion)
        return (answer["resources"]?.array ?? []).compactMap { json in
            guard let name = json["name"]?.string, !name.contains("/"), let kind = json["kind"]?.string else {
                return nil
            }
            return APIResource(
                group: group, version: version, resource: name, kind: kind,
                namespaced: json["namespaced"]?.bool ?? false,
                singular: json["singularName"]?.string.flatMap { $0.isEmpty ? nil : $0 },
                shortNames: strings(json["shortNames"]), categories: strings(json["categories"]),
                verbs: strings(json["verbs"]))
        }
    }

    private static func strings(_ json: JSON?) -> [String] { json?.array?.compactMap(\.string) ?? [] }
}
