/// Reads the text of `SchemaTables`. A mistake in a table is a mistake in the program: it stops at once, and a test
/// reads every table.
struct SchemaParser {
    private struct Draft {
        var name: String
        var package: String
        var isKind: Bool
        var isAtomic: Bool
        var summary: String
        var fields: [FieldSchema] = []
    }

    private var drafts: [Draft] = []
    private var indexes: [String: Int] = [:]
    private var package = ""

    static func parse(_ tables: [String]) -> [StructSchema] {
        var parser = SchemaParser()
        let lines = tables.map { $0.split(separator: "\n") }
        for line in lines.joined() where line.hasPrefix("type ") { parser.declare(line) }
        var current = -1
        for line in lines.joined() {
            if line.hasPrefix("package ") {
                parser.package = String(line.dropFirst(8))
            } else if line.hasPrefix("type ") {
                current += 1
                parser.drafts[current].package = parser.package
            } else {
                let field = parser.field(line)
                parser.drafts[current].fields.append(field)
            }
        }
        return parser.drafts.map {
            StructSchema(
                name: $0.name, package: $0.package, fields: ($0.isKind ? typeMeta : []) + $0.fields,
                isKind: $0.isKind, isAtomic: $0.isAtomic, summary: $0.summary)
        }
    }

    /// `kind` and `apiVersion` are no fields of the protobuf message.
    private static let typeMeta = [
        FieldSchema(FieldDraft(name: "kind", type: .string)),
        FieldSchema(FieldDraft(name: "apiVersion", type: .string)),
    ]

    private mutating func declare(_ line: Substring) {
        let (line, summary) = Self.described(line)
        let words = line.split(separator: " ")
        let name = String(words[1])
        precondition(indexes[name] == nil, "type \(name) is described twice")
        indexes[name] = drafts.count
        drafts.append(
            Draft(
                name: name, package: "", isKind: words.contains("kind"), isAtomic: words.contains("atomic"),
                summary: summary))
    }

    private func field(_ line: Substring) -> FieldSchema {
        let (line, summary) = Self.described(line)
        let words = line.split(separator: " ")
        precondition(words.count >= 3, "no field: \(line)")
        let numbers = words[0].split(separator: ".").compactMap { Int($0) }
        var type = words[2]
        let always = type.hasSuffix("!")
        if always { type = type.dropLast() }
        let pointer = type.hasPrefix("?")
        if pointer { type = type.dropFirst() }
        var field = FieldDraft(
            name: String(words[1]), number: numbers.last ?? 0, wrapper: numbers.count > 1 ? numbers[0] : 0,
            type: valueType(type), isPointer: pointer, isAlwaysWritten: always)
        for word in words[3...] { flag(word, &field) }
        field.summary = summary
        return FieldSchema(field)
    }

    private func valueType(_ text: Substring) -> ValueType {
        if text.hasPrefix("[") { return .list(valueType(text.dropFirst().dropLast())) }
        if text.hasPrefix("{") { return .map(valueType(text.dropFirst().dropLast())) }
        switch text {
        case "str": return .string
        case "bool": return .bool
        case "i32": return .int32
        case "i64": return .int64
        case "f64": return .double
        case "bytes": return .bytes
        case "Quantity": return .quantity
        case "IntOrString": return .intOrString
        case "Time": return .time
        case "MicroTime": return .microTime
        case "raw": return .raw
        case "fields": return .fields
        case "extra": return .extra
        default:
            guard let index = indexes[String(text)] else { preconditionFailure("no type \(text)") }
            return .object(index)
        }
    }

    private func flag(_ word: Substring, _ field: inout FieldDraft) {
        if word.hasPrefix("=") {
            field.defaultValue = try? JSONParser.parse(String(word.dropFirst()))
            precondition(field.defaultValue != nil, "no JSON: \(word)")
            return
        }
        let parts = word.split(separator: "(", maxSplits: 1)
        let argument = parts.count > 1 ? String(parts[1].dropLast()) : ""
        switch parts[0] {
        case "atomic": field.listKind = .atomic
        case "granular": field.isGranular = true
        case "set": field.listKind = .set
        case "map": field.listKind = .map(keys: argument.split(separator: ",").map(String.init))
        case "merge": field.patch = .merge(key: argument.isEmpty ? nil : argument)
        case "replace": field.patch = .replace
        case "retain": field.retainsKeys = true
        case "enum", "values":
            field.allowed = argument.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            field.checksAllowed = parts[0] == "enum"
        case "req": field.isRequired = true
        default: preconditionFailure("no flag: \(word)")
        }
    }

    /// What stands before and after ` -- `.
    private static func described(_ line: Substring) -> (Substring, String) {
        let bytes = line.utf8
        var index = bytes.startIndex
        while let dash = bytes[index...].firstIndex(of: UInt8(ascii: "-")) {
            let rest = line[dash...]
            if rest.hasPrefix("-- "), dash > bytes.startIndex, bytes[bytes.index(before: dash)] == UInt8(ascii: " ") {
                return (line[..<line.index(before: dash)], String(rest.dropFirst(3)))
            }
            index = bytes.index(after: dash)
        }
        return (line, "")
    }
}
