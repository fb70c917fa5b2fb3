/// How server-side apply looks at a value (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
enum ApplyShape: Hashable {
    /// Owned and replaced as a whole.
    case leaf
    case object(Int)
    case map(ValueType)
    case set
    case list(ValueType, keys: [String])
}

extension SchemaTypes {
    func shape(of field: FieldSchema) -> ApplyShape {
        if field.listKind == .atomic { return .leaf }
        switch field.type {
        case .object(let index): return types[index].isAtomic && !field.isGranular ? .leaf : .object(index)
        case .map(let element): return .map(element)
        case .list(let element):
            switch (field.listKind, field.patch) {
            case (.set, _), (nil, .merge(key: nil)): return .set
            case (.map(let keys), _): return .list(element, keys: keys)
            case (nil, .merge(let key?)): return .list(element, keys: [key])
            default: return .leaf
            }
        default: return .leaf
        }
    }

    /// Of the values of a map or the elements of a list.
    func shape(of type: ValueType) -> ApplyShape {
        switch type {
        case .object(let index): types[index].isAtomic ? .leaf : .object(index)
        case .map(let element): .map(element)
        default: .leaf
        }
    }

    /// Of a member; unknown members of objects are leaves.
    func shape(ofMember key: String, in shape: ApplyShape) -> ApplyShape {
        switch shape {
        case .object(let index): types[index].field(key).map { self.shape(of: $0) } ?? .leaf
        case .map(let element): self.shape(of: element)
        default: .leaf
        }
    }

    func elementShape(_ shape: ApplyShape) -> ApplyShape {
        if case .list(let element, _) = shape { return self.shape(of: element) }
        return .leaf
    }

    /// Which element of its list it is; nil if it has none of the keys.
    func element(_ item: JSON, _ shape: ApplyShape) -> PathElement? {
        guard case .list(let type, let keys) = shape else {
            if case .object = item { return nil }
            if case .array = item { return nil }
            return item.isNullLiteral ? nil : PathElement(value: item)
        }
        guard case .object = item else { return nil }
        var parts: [JSONObject.Member] = []
        for key in keys.sorted() {
            let field = type.structIndex.flatMap { types[$0].field(key) }
            if let value = item[key] ?? field?.defaultValue ?? field?.type.keyDefault { parts.append((key, value)) }
        }
        return parts.isEmpty ? nil : PathElement(key: parts)
    }
}

extension ValueType {
    /// What upstream's OpenAPI gives as the default of a key without one.
    fileprivate var keyDefault: JSON? {
        switch self {
        case .string: ""
        case .int32, .int64: 0
        default: nil
        }
    }
}
