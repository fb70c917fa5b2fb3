extension Status {
    /// 422 with one cause a problem; nil if there are none. `kind` is the kind, not the resource.
    package static func invalid(group: String, kind: String, name: String, _ problems: [FieldError]) -> Status? {
        guard !problems.isEmpty else { return nil }
        let texts = unique(problems.map(\.description))
        let subject = (group.isEmpty ? kind : "\(kind).\(group)") + " " + quoted(name)
        let reasons = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        var status = Status(code: 422, reason: "Invalid", message: "\(subject) is invalid: \(reasons)")
        status.name = name
        status.group = group
        status.resource = kind
        status.causes = problems.map { Cause(reason: $0.reason.rawValue, message: $0.message, field: $0.field) }
        return status
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}

/// One problem in one field of an object, worded as upstream words it (k8s.io/apimachinery, util/validation/field).
package struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case invalid = "FieldValueInvalid"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case notFound = "FieldValueNotFound"
        case typeInvalid = "FieldValueTypeInvalid"
        case internalError = "InternalError"
    }

    package var reason: Reason
    /// `spec.accessModes[0]`
    package var field: String
    /// Without the field.
    package var message: String

    package init(_ reason: Reason, _ field: String, _ message: String) {
        self.reason = reason
        self.field = field
        self.message = message
    }

    package var description: String { field.isEmpty ? message : "\(field): \(message)" }
}

extension FieldError {
    package static func required(_ field: String, _ detail: String = "") -> FieldError {
        FieldError(.required, field, "Required value" + (detail.isEmpty ? "" : ": \(detail)"))
    }

    package static func invalid(_ field: String, _ value: JSON, _ detail: String) -> FieldError {
        FieldError(.invalid, field, "Invalid value: \(shown(value)): \(detail)")
    }

    package static func duplicate(_ field: String, _ value: JSON) -> FieldError {
        FieldError(.duplicate, field, "Duplicate value: \(shown(value))")
    }

    /// `supported` in the order in which upstream lists it (sorted, for most).
    package static func notSupported(_ field: String, _ value: JSON, _ supported: [String]) -> FieldError {
        let list = supported.map { GoQuote.quote($0) }.joined(separator: ", ")
        let detail = supported.isEmpty ? "" : ": supported values: \(list)"
        return FieldError(.notSupported, field, "Unsupported value: \(shown(value))\(detail)")
    }

    package static func forbidden(_ field: String, _ detail: String) -> FieldError {
        FieldError(.forbidden, field, "Forbidden: \(detail)")
    }

    package static func tooLong(_ field: String, _ maximum: Int) -> FieldError {
        FieldError(.tooLong, field, "Too long: may not be more than \(maximum) bytes")
    }

    package static func tooMany(_ field: String, _ count: Int, _ maximum: Int) -> FieldError {
        FieldError(.tooMany, field, "Too many: \(count): must have at most \(maximum) items")
    }

    /// The last one of a list that has no room for more.
    static var unlisted: FieldError {
        FieldError(.tooMany, "", "Too many: only the first \([FieldError].maximumCount - 1) problems are listed")
    }

    package static func notFound(_ field: String, _ value: JSON) -> FieldError {
        FieldError(.notFound, field, "Not found: \(shown(value))")
    }

    /// Of a value that is longer than this its sender sees the beginning.
    private static let shownLength = 16 << 10

    private static func shown(_ value: JSON) -> String {
        if case .string(let text) = value { return GoQuote.quote(text.cut(to: shownLength)) }
        return String(decoding: JSONEncoder.encode(value), as: UTF8.self).cut(to: shownLength)
    }
}

/// Go's `%q`.
package enum GoQuote {
    package static func quote(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars { append(scalar, to: &out) }
        return out + "\""
    }

    private static func append(_ scalar: UnicodeScalar, to out: inout String) {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case "\r": out += "\\r"
        case "\t": out += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: out.unicodeScalars.append(scalar)
        }
    }
}
