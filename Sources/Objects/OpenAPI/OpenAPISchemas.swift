/// The types of the schema tables as OpenAPI schemas.
struct OpenAPISchemas {
    /// What stands before the name of a definition in a reference.
    let reference: String
    private let types = SchemaTypes.builtin
    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."
    private static let resource = "io.k8s.apimachinery.pkg.api.resource."

    /// All that the kinds need, by name, sorted.
    func definitions(of kinds: [KindSchema]) -> JSON {
        var wanted: Set<Int> = []
        for name in kinds.map(\.root) + ["DeleteOptions", "Status", "ListMeta"] {
            if let index = types.index(of: name) { reach(index, &wanted) }
        }
        var definitions: [String: JSON] = Self.scalars
        for index in wanted { definitions[name(types.types[index])] = definition(types.types[index]) }
        for kind in kinds {
            guard let type = types[kind.root] else { continue }
            definitions[name(type)]?["x-kubernetes-group-version-kind"] = .array([Self.groupVersionKind(kind)])
            definitions[name(type) + "List"] = list(kind, type)
        }
        let sorted = definitions.sorted { $0.key < $1.key }
        return .object(JSONObject(sorted.map { (key: $0.key, value: $0.value) }))
    }

    func reference(to kind: KindSchema, suffix: String = "") -> JSON {
        ["$ref": .string(reference + (types[kind.root].map(name) ?? "") + suffix)]
    }

    func reference(toMeta name: String) -> JSON { ["$ref": .string(reference + Self.meta + name)] }

    static func groupVersionKind(_ kind: KindSchema, suffix: String = "") -> JSON {
        ["group": .string(kind.group), "kind": .string(kind.kind + suffix), "version": .string(kind.version)]
    }

    private func name(_ type: StructSchema) -> String { "\(type.package).\(type.plainName)" }

    private func reach(_ index: Int, _ wanted: inout Set<Int>) {
        guard wanted.insert(index).inserted else { return }
        for field in types.types[index].fields {
            if let child = field.type.structIndex { reach(child, &wanted) }
        }
    }

    private func definition(_ type: StructSchema) -> JSON {
        var members: [JSONObject.Member] = []
        if !type.summary.isEmpty { members.append(("description", .string(type.summary))) }
        let required = type.fields.filter(\.isRequired).map { JSON.string($0.name) }
        let properties = type.fields.sorted { $0.name < $1.name }.map { (key: $0.name, value: property($0)) }
        if !properties.isEmpty { members.append(("properties", .object(JSONObject(properties)))) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        members.append(("type", "object"))
        if type.isAtomic { members.append(("x-kubernetes-map-type", "atomic")) }
        return .object(JSONObject(members))
    }

    private func property(_ field: FieldSchema) -> JSON {
        var json: JSON
        if case .object(let index) = field.type {
            // Nothing may stand beside a reference, so it is wrapped.
            json = ["allOf": [["$ref": .string(reference + name(types.types[index]))]]]
        } else {
            json = schema(field.type)
        }
        if let value = field.defaultValue { json["default"] = value }
        if !field.summary.isEmpty { json["description"] = .string(field.summary) }
        if !field.allowed.isEmpty {
            let values = JSON.array(field.allowed.map { .string($0) })
            if case .list = field.type { json.set(["items", "enum"], values) } else { json["enum"] = values }
        }
        extend(&json, field)
        return json
    }

    private func extend(_ json: inout JSON, _ field: FieldSchema) {
        switch (field.listKind, field.type) {
        case (.atomic, .list): json["x-kubernetes-list-type"] = "atomic"
        case (.atomic, _): json["x-kubernetes-map-type"] = "atomic"
        case (.set, _): json["x-kubernetes-list-type"] = "set"
        case (.map(let keys), _):
            json["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
            json["x-kubernetes-list-type"] = "map"
        case (nil, _): break
        }
        var strategies = field.retainsKeys ? ["retainKeys"] : []
        if case .merge(let key) = field.patch {
            strategies.insert("merge", at: 0)
            if let key { json["x-kubernetes-patch-merge-key"] = .string(key) }
        }
        if !strategies.isEmpty { json["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ",")) }
    }

    private func schema(_ type: ValueType) -> JSON {
        switch type {
        case .string: ["type": "string"]
        case .bool: ["type": "boolean"]
        case .int32: ["type": "integer", "format": "int32"]
        case .int64: ["type": "integer", "format": "int64"]
        case .double: ["type": "number", "format": "double"]
        case .bytes: ["type": "string", "format": "byte"]
        case .quantity: ["$ref": .string(reference + Self.resource + "Quantity")]
        case .intOrString: ["$ref": .string(reference + "io.k8s.apimachinery.pkg.util.intstr.IntOrString")]
        case .time: ["$ref": .string(reference + Self.meta + "Time")]
        case .microTime: ["$ref": .string(reference + Self.meta + "MicroTime")]
        case .raw: ["$ref": .string(reference + "io.k8s.apimachinery.pkg.runtime.RawExtension")]
        case .fields: ["$ref": .string(reference + Self.meta + "FieldsV1")]
        case .extra: schema(.list(.string))
        case .object(let index): ["$ref": .string(reference + name(types.types[index]))]
        case .list(let element): ["type": "array", "items": schema(element)]
        case .map(let element): ["type": "object", "additionalProperties": schema(element)]
        }
    }

    private func list(_ kind: KindSchema, _ type: StructSchema) -> JSON {
        [
            "description": .string("\(kind.kind)List is a list of \(kind.kind) objects."),
            "properties": [
                "apiVersion": ["type": "string"],
                "items": ["type": "array", "items": ["$ref": .string(reference + name(type))]],
                "kind": ["type": "string"], "metadata": ["allOf": [reference(toMeta: "ListMeta")]],
            ],
            "required": ["items"], "type": "object",
            "x-kubernetes-group-version-kind": .array([Self.groupVersionKind(kind, suffix: "List")]),
        ]
    }

    private static let scalars: [String: JSON] = [
        resource + "Quantity": [
            "description": "An exact number with an optional suffix, such as 500m or 1Gi.", "type": "string",
        ],
        meta + "Time": ["description": "An instant as RFC 3339.", "type": "string", "format": "date-time"],
        meta + "MicroTime": [
            "description": "An instant as RFC 3339, to the microsecond.", "type": "string", "format": "date-time",
        ],
        meta + "FieldsV1": ["description": "A set of fields, as a trie of their paths.", "type": "object"],
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString": [
            "description": "A number or a string.", "type": "string", "format": "int-or-string",
        ],
        "io.k8s.apimachinery.pkg.runtime.RawExtension": ["description": "Any object.", "type": "object"],
    ]
}
