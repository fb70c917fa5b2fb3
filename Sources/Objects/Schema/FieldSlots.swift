/// The values of one object while it is decoded, one slot a field of its type, so that what a default adds ends up in
/// its place.
struct FieldSlots {
    let type: StructSchema
    var values: [JSON?]

    init(_ type: StructSchema) {
        self.type = type
        values = Array(repeating: nil, count: type.fields.count)
    }

    /// A field that the type does not have is never set.
    subscript(field: String) -> JSON? {
        get { type.index(of: field).flatMap { values[$0] } }
        set {
            guard let index = type.index(of: field) else { return }
            values[index] = newValue
        }
    }

    /// Unset, or for what is no pointer, empty.
    func isUnset(_ index: Int) -> Bool {
        guard let value = values[index], !value.isNullLiteral else { return true }
        return !type.fields[index].isPointer && value.isZero
    }

    func isUnset(_ field: String) -> Bool { type.index(of: field).map { isUnset($0) } ?? true }

    func written(omittingEmpty: Bool) -> JSONObject {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(values.count)
        for index in values.indices {
            guard let value = values[index] else { continue }
            let field = type.fields[index]
            if omittingEmpty, !field.isPointer, !field.isAlwaysWritten, field.isLeftOut(value) { continue }
            members.append((field.name, value))
        }
        return JSONObject(members)
    }
}

extension FieldSchema {
    /// Go's omitempty: scalars that are zero, lists and maps without elements; never objects.
    fileprivate func isLeftOut(_ value: JSON) -> Bool {
        !type.isNeverOmitted && type != .raw && value.isZero
    }
}

extension JSON {
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let flag): !flag
        case .integer(let number): number == 0
        case .number(let number): number == 0
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        }
    }
}
