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
/// have to know about it. A class, because it is passed around for every field of every object.
package final class FieldSchema: Sendable {
    package enum ListKind: Sendable, Hashable {
        case atomic, set
        case map(keys: [String])
    }

    package enum PatchStrategy: Sendable, Hashable {
        case replace
        /// Lists of scalars are merged as sets, lists of objects by the key.
        case merge(key: String?)
    }

    package let name: String
    /// Protobuf's field number; with `wrapper` set, the number inside that embedded message.
    package let number: Int
    /// The number of the embedded message that JSON does not show; 0 if there is none.
    package let wrapper: Int
    package let type: ValueType
    /// A pointer in upstream's types: absent is not the same as empty.
    package let isPointer: Bool
    /// Written even when it is empty.
    package let isAlwaysWritten: Bool
    package let isRequired: Bool
    /// How server-side apply merges; for maps and objects only `.atomic` is meaningful. nil: by the type.
    package let listKind: ListKind?
    /// Overrides a type that is atomic.
    package let isGranular: Bool
    package let patch: PatchStrategy
    package let retainsKeys: Bool
    package let defaultValue: JSON?
    package let allowed: [String]
    /// Whether a value outside `allowed` is refused by the tables' own check.
    package let checksAllowed: Bool
    package let summary: String
    /// Whether something is written for it even if nobody has set it.
    let isShownWhenUnset: Bool

    init(_ draft: FieldDraft) {
        name = draft.name
        number = draft.number
        wrapper = draft.wrapper
        type = draft.type
        isPointer = draft.isPointer
        isAlwaysWritten = draft.isAlwaysWritten
        isRequired = draft.isRequired
        listKind = draft.listKind
        isGranular = draft.isGranular
        patch = draft.patch
        retainsKeys = draft.retainsKeys
        defaultValue = draft.defaultValue
        allowed = draft.allowed
        checksAllowed = draft.checksAllowed
        summary = draft.summary
        isShownWhenUnset = draft.isAlwaysWritten || !draft.isPointer && draft.type.isNeverOmitted
    }
}

/// A field while its line is read.
struct FieldDraft {
    var name: String
    var number = 0
    var wrapper = 0
    var type: ValueType
    var isPointer = false
    var isAlwaysWritten = false
    var isRequired = false
    var listKind: FieldSchema.ListKind?
    var isGranular = false
    var patch = FieldSchema.PatchStrategy.replace
    var retainsKeys = false
    var defaultValue: JSON?
    var allowed: [String] = []
    var checksAllowed = false
    var summary = ""
}

/// The fields of one JSON object, in the order in which upstream writes them.
package final class StructSchema: Sendable {
    /// `PersistentVolumeClaimSpec`, `events.Event`
    package let name: String
    /// `io.k8s.api.core.v1`
    package let package: String
    package let fields: [FieldSchema]
    /// Has `kind` and `apiVersion`, which protobuf keeps outside the message.
    package let isKind: Bool
    /// Server-side apply treats it as one value.
    package let isAtomic: Bool
    /// What it is for, in one line; empty if nobody has said.
    package let summary: String
    private let indexes: [String: Int]
    let shownWhenUnset: [Int]
    let defaulted: [Int]

    init(name: String, package: String, fields: [FieldSchema], isKind: Bool, isAtomic: Bool, summary: String) {
        self.name = name
        self.package = package
        self.fields = fields
        self.isKind = isKind
        self.isAtomic = isAtomic
        self.summary = summary
        indexes = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        shownWhenUnset = fields.indices.filter { fields[$0].isShownWhenUnset }
        defaulted = fields.indices.filter { fields[$0].defaultValue != nil }
    }

    /// A table of strings finds what only looks like the name too.
    package func index(of field: String) -> Int? {
        guard let index = indexes[field], fields[index].name.isExactly(field) else { return nil }
        return index
    }
    package func field(_ name: String) -> FieldSchema? { index(of: name).map { fields[$0] } }

    /// Without the group that tells two types of one name apart.
    package var plainName: String { name.split(separator: ".").last.map(String.init) ?? name }
}

extension ValueType {
    /// Go's omitempty has no effect on these.
    var isNeverOmitted: Bool {
        switch self {
        case .object, .quantity, .time, .microTime, .intOrString: true
        default: false
        }
    }
}
