/// What a field holds.
package indirect enum ValueType: Sendable, Hashable {
    case string, bool, int32, int64, double, bytes
    case quantity, intOrString, time, microTime
    /// Any JSON, kept as it is.
    case raw
    /// The field sets of managedFields.
    case fields
    /// A list of strings that protobuf wraps in a message.
    case extra
    /// An index into `SchemaTypes.types`.
    case object(Int)
    case list(ValueType)
    case map(ValueType)
}

/// One field of a type: everything that decoding, defaulting, validation, patching, applying, protobuf and OpenAPI
/// have to know about it.
package struct FieldSchema: Sendable {
    package enum ListKind: Sendable, Hashable {
        case atomic, set
        case map(keys: [String])
    }

    package enum PatchStrategy: Sendable, Hashable {
        case replace
        /// Lists of scalars are merged as sets, lists of objects by the key.
        case merge(key: String?)
    }

    package var name: String
    /// Protobuf's field number; with `wrapper` set, the number inside that embedded message.
    package var number: Int
    /// The number of the embedded message that JSON does not show; 0 if there is none.
    package var wrapper: Int
    package var type: ValueType
    /// A pointer in upstream's types: absent is not the same as empty.
    package var isPointer = false
    /// Written even when it is empty.
    package var isAlwaysWritten = false
    package var isRequired = false
    /// How server-side apply merges; for maps and objects only `.atomic` is meaningful. nil: by the type.
    package var listKind: ListKind?
    /// Overrides a type that is atomic.
    package var isGranular = false
    package var patch = PatchStrategy.replace
    package var retainsKeys = false
    package var defaultValue: JSON?
    package var allowed: [String] = []
    /// Whether a value outside `allowed` is refused by the tables' own check.
    package var checksAllowed = false
    package var summary = ""
}

/// The fields of one JSON object, in the order in which upstream writes them.
package struct StructSchema: Sendable {
    /// `PersistentVolumeClaimSpec`, `events.Event`
    package var name: String
    /// `io.k8s.api.core.v1`
    package var package: String
    package var fields: [FieldSchema]
    /// Has `kind` and `apiVersion`, which protobuf keeps outside the message.
    package var isKind: Bool
    /// Server-side apply treats it as one value.
    package var isAtomic: Bool
    private let indexes: [String: Int]

    package init(name: String, package: String, fields: [FieldSchema], isKind: Bool, isAtomic: Bool) {
        self.name = name
        self.package = package
        self.fields = fields
        self.isKind = isKind
        self.isAtomic = isAtomic
        indexes = Dictionary(
            fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func index(of field: String) -> Int? { indexes[field] }
    package func field(_ name: String) -> FieldSchema? { indexes[name].map { fields[$0] } }

    /// Without the group that tells two types of one name apart.
    package var plainName: String { name.split(separator: ".").last.map(String.init) ?? name }
}
