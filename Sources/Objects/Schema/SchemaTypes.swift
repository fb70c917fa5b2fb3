/// Every type of the built-in kinds. Read once, at first use.
package struct SchemaTypes: Sendable {
    package static let builtin = SchemaTypes(SchemaParser.parse(SchemaTables.all))

    package let types: [StructSchema]
    private let indexes: [String: Int]
    /// Per type: whether anything at or below it has a default, and whether anything is checked.
    let hasDefaults: [Bool]
    let hasChecks: [Bool]

    init(_ types: [StructSchema]) {
        self.types = types
        indexes = Dictionary(types.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        hasDefaults = Self.reach(types) { type in
            DefaultRules.byType[type.name] != nil || type.fields.contains { $0.defaultValue != nil }
        }
        hasChecks = Self.reach(types) { type in
            ValidationRules.byType[type.name] != nil || type.fields.contains { $0.checksAllowed }
        }
    }

    package func index(of name: String) -> Int? { indexes[name] }

    package subscript(name: String) -> StructSchema? { indexes[name].map { types[$0] } }

    /// The types that match or that lead to one that does.
    private static func reach(_ types: [StructSchema], _ matches: (StructSchema) -> Bool) -> [Bool] {
        var found = types.map(matches)
        var changed = true
        while changed {
            changed = false
            for (index, type) in types.enumerated() where !found[index] {
                if type.fields.contains(where: { $0.type.structIndex.map { found[$0] } ?? false }) {
                    found[index] = true
                    changed = true
                }
            }
        }
        return found
    }
}

extension ValueType {
    /// The type of the object, of the elements or of the values.
    package var structIndex: Int? {
        switch self {
        case .object(let index): index
        case .list(let element), .map(let element): element.structIndex
        default: nil
        }
    }

    /// As Go names it, for messages.
    func goName(_ types: SchemaTypes) -> String {
        switch self {
        case .string: "string"
        case .bool: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .double: "float64"
        case .bytes: "[]uint8"
        case .quantity: "resource.Quantity"
        case .intOrString: "intstr.IntOrString"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .raw: "runtime.RawExtension"
        case .fields: "v1.FieldsV1"
        case .extra: "v1.ExtraValue"
        case .object(let index): "v1.\(types.types[index].plainName)"
        case .list(let element): "[]\(element.goName(types))"
        case .map(let value): "map[string]\(value.goName(types))"
        }
    }
}
