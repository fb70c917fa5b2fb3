import Objects

/// How a strategic merge patch treats the members of one object: by the schema tables for built-in kinds, without any
/// (JSON merge patch) for all others.
struct PatchShape {
    enum ListStrategy: Hashable {
        case replace
        /// Lists of objects by the key, lists of scalars (nil) as sets.
        case merge(key: String?)
    }

    struct Field {
        var list = ListStrategy.replace
        /// Objects of this field are replaced as a whole.
        var replacesObject = false
        /// Members that the manifest does not have are cleared.
        var retainsKeys = false
        /// Of the field's object, or of its list's elements.
        var shape: PatchShape
    }

    private var type: StructSchema?

    static let untyped = PatchShape(type: nil)

    static func builtin(_ resource: APIResourceName) -> PatchShape? {
        guard let kind = SchemaCatalog.builtin.kind(apiVersion: resource.apiVersion, kind: resource.kind),
            let type = SchemaTypes.builtin[kind.root]
        else { return nil }
        return PatchShape(type: type)
    }

    func field(_ name: String) -> Field {
        guard let field = type?.field(name) else { return Field(shape: .untyped) }
        let inner = field.type.structIndex.map { PatchShape(type: SchemaTypes.builtin.types[$0]) } ?? .untyped
        var result = Field(retainsKeys: field.retainsKeys, shape: inner)
        if case .merge(let key) = field.patch { result.list = .merge(key: key) }
        return result
    }
}

/// What names a kind in a manifest.
struct APIResourceName: Hashable {
    var apiVersion: String
    var kind: String
}
