import Objects

/// One API group as discovery shows it.
struct DiscoveredGroup: Sendable {
    var name: String
    var versions: [String]
    var resources: [DiscoveredResource]

    static func all(_ catalog: SchemaCatalog) -> [DiscoveredGroup] {
        var groups: [DiscoveredGroup] = []
        let resources = catalog.kinds.map { DiscoveredResource($0) } + Review.allCases.map { DiscoveredResource($0) }
        for resource in resources {
            let index = groups.firstIndex { $0.name == resource.group }
            if let index {
                groups[index].resources.append(resource)
                if !groups[index].versions.contains(resource.version) {
                    groups[index].versions.append(resource.version)
                }
            } else {
                groups.append(
                    DiscoveredGroup(name: resource.group, versions: [resource.version], resources: [resource]))
            }
        }
        return groups
    }

    /// `APIGroup`
    func json(withKind: Bool) -> JSON {
        let list = versions.map { version -> JSON in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        let members: [JSONObject.Member] = [
            ("name", .string(name)), ("versions", .array(list)), ("preferredVersion", list.first ?? .null),
        ]
        let head: [JSONObject.Member] = withKind ? [("kind", "APIGroup"), ("apiVersion", "v1")] : []
        return .object(JSONObject(head + members))
    }

    /// `APIResourceList`
    func resourceList(_ version: String) -> JSON {
        let entries = resources.filter { $0.version == version }.flatMap(\.entries)
        let list: JSON = .array(entries.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") })
        if name.isEmpty { return ["kind": "APIResourceList", "groupVersion": .string(version), "resources": list] }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string("\(name)/\(version)"),
            "resources": list,
        ]
    }

    /// `APIGroupDiscovery`
    var aggregated: JSON {
        let list = versions.map { version -> JSON in
            let entries = resources.filter { $0.version == version }.map(\.aggregated)
            return ["version": .string(version), "resources": .array(entries), "freshness": "Current"]
        }
        let metadata: JSON =
            name.isEmpty
            ? ["creationTimestamp": nil] : ["name": .string(name), "creationTimestamp": nil]
        return ["metadata": metadata, "versions": .array(list)]
    }
}

/// One resource and its subresources.
struct DiscoveredResource: Sendable {
    struct Part: Sendable {
        /// `status`
        var name: String
        /// Kind of what is read and written, with its group and version if they are not the resource's.
        var kind: String
        var group = ""
        var version = ""
        var verbs: [String]
    }

    var group: String
    var version: String
    var kind: String
    var resource: String
    var singular: String
    var namespaced: Bool
    var verbs: [String]
    var shortNames: [String] = []
    var categories: [String] = []
    var parts: [Part] = []

    init(_ schema: KindSchema) {
        (group, version, kind, resource) = (schema.group, schema.version, schema.kind, schema.resource)
        singular = schema.singular
        namespaced = schema.namespaced
        (shortNames, categories) = (schema.shortNames, schema.categories)
        verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        // Namespaces go one by one, as upstream.
        if schema.resourceName == .namespaces { verbs.removeAll { $0 == "deletecollection" } }
        parts = Subresources.of(schema).sorted().map { Self.part($0, schema) }
    }

    init(_ review: Review) {
        (group, version, kind, resource) = (review.group, "v1", review.kind, review.rawValue)
        singular = review.kind.lowercased()
        namespaced = review.isNamespaced
        verbs = ["create"]
    }

    private static func part(_ name: String, _ schema: KindSchema) -> Part {
        switch name {
        case "scale":
            Part(name: name, kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"])
        case "eviction": Part(name: name, kind: "Eviction", group: "policy", version: "v1", verbs: ["create"])
        case "binding": Part(name: name, kind: "Binding", verbs: ["create"])
        case "token":
            Part(
                name: name, kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"])
        case "log": Part(name: name, kind: schema.kind, verbs: ["get"])
        case "exec": Part(name: name, kind: "PodExecOptions", verbs: ["create", "get"])
        case "attach": Part(name: name, kind: "PodAttachOptions", verbs: ["create", "get"])
        case "portforward": Part(name: name, kind: "PodPortForwardOptions", verbs: ["create", "get"])
        case "finalize": Part(name: name, kind: schema.kind, verbs: ["update"])
        default: Part(name: name, kind: schema.kind, verbs: ["get", "patch", "update"])
        }
    }

    /// `APIResource`s: the resource, then its subresources.
    var entries: [JSON] {
        var members: [JSONObject.Member] = [
            ("name", .string(resource)), ("singularName", .string(singular)), ("namespaced", .bool(namespaced)),
            ("kind", .string(kind)), ("verbs", strings(verbs)),
        ]
        if !shortNames.isEmpty { members.append(("shortNames", strings(shortNames))) }
        if !categories.isEmpty { members.append(("categories", strings(categories))) }
        return [.object(JSONObject(members))] + parts.map { entry($0) }
    }

    private func entry(_ part: Part) -> JSON {
        var members: [JSONObject.Member] = [
            ("name", .string("\(resource)/\(part.name)")), ("singularName", ""), ("namespaced", .bool(namespaced)),
        ]
        if !part.group.isEmpty {
            members += [("group", .string(part.group)), ("version", .string(part.version))]
        }
        return .object(JSONObject(members + [("kind", .string(part.kind)), ("verbs", strings(part.verbs))]))
    }

    /// `APIResourceDiscovery`
    var aggregated: JSON {
        var members: [JSONObject.Member] = [
            ("resource", .string(resource)), ("responseKind", responseKind(group, version, kind)),
            ("scope", namespaced ? "Namespaced" : "Cluster"), ("singularResource", .string(singular)),
            ("verbs", strings(verbs)),
        ]
        if !shortNames.isEmpty { members.append(("shortNames", strings(shortNames))) }
        if !categories.isEmpty { members.append(("categories", strings(categories))) }
        if !parts.isEmpty {
            members.append(
                (
                    "subresources",
                    .array(
                        parts.map { part in
                            let (group, version) = part.group.isEmpty ? (group, version) : (part.group, part.version)
                            return [
                                "subresource": .string(part.name),
                                "responseKind": responseKind(group, version, part.kind), "verbs": strings(part.verbs),
                            ]
                        })
                ))
        }
        return .object(JSONObject(members))
    }

    private func responseKind(_ group: String, _ version: String, _ kind: String) -> JSON {
        ["group": .string(group), "version": .string(version), "kind": .string(kind)]
    }

    private func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
