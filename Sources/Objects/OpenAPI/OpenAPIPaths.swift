/// What can be done where: clients look for the kind of a path and for the query parameters of its verbs.
struct OpenAPIPaths {
    let kinds: [KindSchema]
    let schemas: OpenAPISchemas

    private enum Verb: String {
        case get, list, post, put, patch, delete, deletecollection

        var method: String {
            switch self {
            case .list: "get"
            case .deletecollection: "delete"
            default: rawValue
            }
        }
    }

    var json: JSON {
        var paths: [JSONObject.Member] = []
        for kind in kinds {
            let base = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
            let place = kind.namespaced ? "\(base)/namespaces/{namespace}/\(kind.resource)" : "\(base)/\(kind.resource)"
            if kind.namespaced { paths.append(("\(base)/\(kind.resource)", item(kind, [.list]))) }
            paths.append((place, item(kind, [.list, .post, .deletecollection])))
            paths.append(("\(place)/{name}", item(kind, [.get, .put, .patch, .delete], named: true)))
            if kind.hasStatus {
                paths.append(("\(place)/{name}/status", item(kind, [.get, .put, .patch], named: true)))
            }
        }
        return .object(JSONObject(paths.sorted { $0.key < $1.key }))
    }

    private func item(_ kind: KindSchema, _ verbs: [Verb], named: Bool = false) -> JSON {
        var members: [JSONObject.Member] = verbs.map { ($0.method, operation($0, kind)) }
        var parameters: [JSON] = []
        if named { parameters.append(parameter("name", "path")) }
        if kind.namespaced { parameters.append(parameter("namespace", "path")) }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        return .object(JSONObject(members))
    }

    private func operation(_ verb: Verb, _ kind: KindSchema) -> JSON {
        let isList = verb == .list
        let answer =
            verb == .delete || verb == .deletecollection
            ? schemas.reference(toMeta: "Status") : schemas.reference(to: kind, suffix: isList ? "List" : "")
        var json: JSON = [
            "parameters": .array(queries(verb).map { parameter($0, "query") }),
            "responses": [
                "200": ["description": "OK", "content": ["application/json": ["schema": answer]], "schema": answer]
            ],
            "x-kubernetes-action": .string(verb.rawValue),
            "x-kubernetes-group-version-kind": OpenAPISchemas.groupVersionKind(kind),
        ]
        if verb == .post || verb == .put {
            json["requestBody"] = ["content": ["*/*": ["schema": schemas.reference(to: kind)]], "required": true]
        }
        if verb == .patch { json["requestBody"] = patchBody }
        return json
    }

    private var patchBody: JSON {
        let types = [
            "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
            "application/strategic-merge-patch+json",
        ]
        let content = types.map { (key: $0, value: ["schema": ["type": "object"]] as JSON) }
        return ["content": .object(JSONObject(content)), "required": true]
    }

    private func queries(_ verb: Verb) -> [String] {
        switch verb {
        case .get: ["pretty"]
        case .post, .put: ["dryRun", "fieldManager", "fieldValidation", "pretty"]
        case .patch: ["dryRun", "fieldManager", "fieldValidation", "force", "pretty"]
        case .delete: ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy", "pretty"]
        case .list, .deletecollection:
            [
                "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
                "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch", "pretty",
            ]
        }
    }

    private func parameter(_ name: String, _ place: String) -> JSON {
        var json: JSON = ["name": .string(name), "in": .string(place), "schema": schema(name)]
        if place == "path" { json["required"] = true }
        return json
    }

    private func schema(_ parameter: String) -> JSON {
        switch parameter {
        case "limit", "timeoutSeconds", "gracePeriodSeconds": ["type": "integer"]
        case "watch", "allowWatchBookmarks", "sendInitialEvents", "force", "orphanDependents": ["type": "boolean"]
        default: ["type": "string"]
        }
    }
}
