/// Turns JSON into the form that upstream's decode, default and encode would give it: known fields only, in upstream's
/// order, nulls and empty values left out where upstream leaves them out, quantities, times and base64 in canonical
/// form, maps sorted by key. What is not known is reported with its path.
struct Normalizer {
    let types: SchemaTypes
    let fillsDefaults: Bool
    /// What server-side apply needs: nothing is added and nothing is left out, not even nulls.
    let keepsWhatWasSent: Bool
    /// Paths of fields that the tables do not have, in the order in which they were met.
    private(set) var unknown: [String] = []
    /// An answer that lists more helps nobody.
    private static let maximumUnknown = 100

    init(types: SchemaTypes = .builtin, fillsDefaults: Bool, keepsWhatWasSent: Bool = false) {
        self.types = types
        self.fillsDefaults = fillsDefaults
        self.keepsWhatWasSent = keepsWhatWasSent
    }

    struct Mismatch: Error {
        var message: String
        /// From the field outwards; complete when it leaves `normalize`.
        var path: String = ""
        var structName = ""
        var isPlain = false
    }

    mutating func normalize(_ object: JSONObject, as index: Int) throws(Mismatch) -> JSONObject {
        let type = types.types[index]
        var slots = try slots(of: object, type)
        if fillsDefaults, types.hasDefaults[index] { try fillDefaults(&slots, type) }
        return slots.written(omittingEmpty: !keepsWhatWasSent)
    }

    private mutating func slots(of object: JSONObject, _ type: StructSchema) throws(Mismatch) -> FieldSlots {
        var slots = FieldSlots(type)
        // Most objects come in canonical order: the next field is a good guess.
        var guess = 0
        for member in object.members {
            let isNext = guess < type.fields.count && type.fields[guess].name.isExactly(member.key)
            guard let index = isNext ? guess : type.index(of: member.key) else {
                if unknown.count < Self.maximumUnknown { unknown.append(member.key.cut(to: FieldPath.maximumLength)) }
                continue
            }
            guess = index + 1
            if case .null = member.value {
                if keepsWhatWasSent { slots.values[index] = .null }
                continue
            }
            let known = unknown.count
            let field = type.fields[index]
            do throws(Mismatch) {
                slots.values[index] = try value(member.value, field.type)
            } catch {
                throw Self.located(error, below: member.key, type.plainName)
            }
            if unknown.count > known { prefix(from: known, member.key) }
        }
        if keepsWhatWasSent { return slots }
        for index in type.shownWhenUnset where slots.values[index] == nil {
            slots.values[index] = try empty(type.fields[index])
        }
        return slots
    }

    /// What upstream writes for a field that is not set.
    private mutating func empty(_ field: FieldSchema) throws(Mismatch) -> JSON {
        if field.isPointer { return .null }
        switch field.type {
        case .object(let index): return .object(try normalize(JSONObject(), as: index))
        case .time, .microTime, .raw, .list, .map, .bytes, .extra, .fields: return .null
        case .quantity: return "0"
        case .intOrString, .int32, .int64, .double: return 0
        case .string: return ""
        case .bool: return false
        }
    }

    private mutating func fillDefaults(_ slots: inout FieldSlots, _ type: StructSchema) throws(Mismatch) {
        for index in type.defaulted where slots.isUnset(index) {
            let field = type.fields[index]
            if let value = field.defaultValue { slots.values[index] = try self.value(value, field.type) }
        }
        if let rule = DefaultRules.byType[type.name] { rule(&slots) }
    }

    private mutating func prefix(from index: Int, _ prefix: String) {
        for index in index..<unknown.count {
            unknown[index] = FieldPath.joined(prefix, unknown[index])
        }
    }

    private static func located(_ error: Mismatch, below step: String, _ structName: String) -> Mismatch {
        var error = error
        if error.structName.isEmpty { error.structName = structName }
        error.path = error.path.isEmpty ? step : "\(step).\(error.path)"
        return error
    }
}

// MARK: Values

extension Normalizer {
    private mutating func value(_ value: JSON, _ type: ValueType) throws(Mismatch) -> JSON {
        switch type {
        case .object(let index):
            guard case .object(let object) = value else { throw mismatch(value, type) }
            return .object(try normalize(object, as: index))
        case .list(let element):
            guard case .array(let elements) = value else { throw mismatch(value, type) }
            return .array(try list(elements, element))
        case .map(let element):
            guard case .object(let object) = value else { throw mismatch(value, type) }
            return .object(try map(object, element))
        case .extra:
            return try self.value(value, .list(.string))
        case .raw, .fields:
            return value
        default:
            return try scalar(value, type)
        }
    }

    private mutating func list(_ elements: [JSON], _ type: ValueType) throws(Mismatch) -> [JSON] {
        var out: [JSON] = []
        out.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let known = unknown.count
            if case .null = element {
                // Go decodes a null element as the zero value.
                out.append(try value(type.zero, type))
            } else {
                out.append(try value(element, type))
            }
            if unknown.count > known { prefix(from: known, "[\(index)]") }
        }
        return out
    }

    private mutating func map(_ object: JSONObject, _ type: ValueType) throws(Mismatch) -> JSONObject {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(object.count)
        var sorted = true
        for member in object.members {
            let known = unknown.count
            do throws(Mismatch) {
                let child = member.value.isNullLiteral ? type.zero : member.value
                if let last = members.last, last.key.utf8.lexicographicallyPrecedes(member.key.utf8) == false {
                    sorted = false
                }
                members.append((member.key, try value(child, type)))
            } catch {
                throw Self.located(error, below: member.key, "")
            }
            if unknown.count > known { prefix(from: known, member.key) }
        }
        if !sorted { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
        return JSONObject(members)
    }

    /// Server-side apply compares what was sent, not what it comes to: `1024Mi` is not `1Gi` to it.
    private func scalar(_ value: JSON, _ type: ValueType) throws(Mismatch) -> JSON {
        let canonical = try canonicalScalar(value, type)
        return keepsWhatWasSent ? value : canonical
    }

    private func canonicalScalar(_ value: JSON, _ type: ValueType) throws(Mismatch) -> JSON {
        switch (type, value) {
        case (.string, .string), (.bool, .bool), (.int64, .integer), (.double, .number), (.double, .integer):
            return value
        case (.int32, .integer(let number)):
            if Int32(exactly: number) == nil { throw mismatch(value, type, "number \(number)") }
            return value
        case (.quantity, .string(let text)): return try quantity(text)
        case (.quantity, .integer(let number)): return .string(Quantity(number).description)
        case (.quantity, .number(let number)): return try quantity(GoFloat.text(number))
        case (.quantity, .bool): return try quantity("true")
        case (.intOrString, .string): return value
        case (.intOrString, .integer(let number)):
            if Int32(exactly: number) == nil { throw mismatch(value, .int32, "number \(number)") }
            return value
        case (.time, .string(let text)): return try .string(instant(text).text)
        case (.microTime, .string(let text)): return try .string(microInstant(text).microText)
        case (.bytes, .string(let text)):
            guard let bytes = Base64.decode(text) else {
                throw Mismatch(message: "illegal base64 data", isPlain: true)
            }
            return .string(Base64.encode(bytes))
        default: throw mismatch(value, type)
        }
    }

    private func quantity(_ text: String) throws(Mismatch) -> JSON {
        do throws(Quantity.ParseError) {
            return .string(try Quantity.shownText(text))
        } catch {
            throw Mismatch(message: error.message, isPlain: true)
        }
    }

    private func instant(_ text: String) throws(Mismatch) -> Timestamp {
        if let instant = Timestamp(text) { return instant }
        let quoted = GoQuote.quote(GoQuote.quote(text))
        throw Mismatch(
            message: "parsing time \(quoted) as \"2006-01-02T15:04:05Z07:00\": cannot parse it", isPlain: true)
    }

    /// Upstream takes six digits behind the second, neither more nor fewer.
    private func microInstant(_ text: String) throws(Mismatch) -> Timestamp {
        let fraction = text.utf8.dropFirst(19)
        if fraction.first == UInt8(ascii: "."), fraction.dropFirst().prefix(while: Names.isDigit).count == 6 {
            return try instant(text)
        }
        let quoted = GoQuote.quote(text)
        throw Mismatch(
            message: "parsing time \(quoted) as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse it", isPlain: true)
    }

    private func mismatch(_ value: JSON, _ type: ValueType, _ shown: String? = nil) -> Mismatch {
        Mismatch(message: "\(shown ?? value.goKind)|\(type.goName(types))")
    }
}

extension Normalizer.Mismatch {
    /// As Go's encoding/json says it.
    var text: String {
        if isPlain { return message }
        let parts = message.split(separator: "|", maxSplits: 1)
        let place = path.isEmpty ? "value" : "struct field \(structName).\(path)"
        return "json: cannot unmarshal \(parts[0]) into Go \(place) of type \(parts.count > 1 ? parts[1] : "")"
    }
}

extension JSON {
    var isNullLiteral: Bool { if case .null = self { true } else { false } }

    /// Go's word for the JSON type.
    package var goKind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer: "number"
        case .number(let value): "number \(GoFloat.text(value))"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension ValueType {
    fileprivate var zero: JSON {
        switch self {
        case .string, .bytes: ""
        case .bool: false
        case .int32, .int64, .double, .intOrString: 0
        case .quantity: "0"
        case .time, .microTime, .raw, .fields: .null
        case .extra, .list: .array([])
        case .map, .object: .object(JSONObject())
        }
    }
}
