import ArgumentParser
import Client
import Objects

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The fields of a kind, by the built-in tables; needs no daemon.",
        discussion: """
            berth explain pvc
            berth explain statefulset.spec.volumeClaimTemplates
            berth explain pod --recursive
            """)

    @Argument(help: "TYPE[.FIELD.FIELD...]")
    var path: String

    @Flag(help: "The names of all fields below.")
    var recursive = false

    func run() async throws {
        let parts = path.split(separator: ".").map(String.init)
        guard let first = parts.first, let resource = ResourceResolver.find(first, in: ResourceResolver.builtin),
            let kind = SchemaCatalog.builtin.kind(apiVersion: resource.apiVersion, kind: resource.kind),
            let root = SchemaTypes.builtin.index(of: kind.root)
        else { throw CommandFailure("error: the server doesn't have a resource type \"\(parts.first ?? "")\"") }
        var type: ValueType = .object(root)
        var summary = ""
        for name in parts.dropFirst() {
            guard let field = Explanation.fields(type).first(where: { $0.name == name }) else {
                throw CommandFailure("error: field \"\(name)\" does not exist")
            }
            (type, summary) = (field.type, field.summary)
        }
        var text =
            (resource.group.isEmpty ? "" : "GROUP:      \(resource.group)\n")
            + "KIND:       \(resource.kind)\nVERSION:    \(resource.version)\n\n"
        if let last = parts.dropFirst().last { text += "FIELD: \(last) <\(Explanation.name(type))>\n\n" }
        if !summary.isEmpty { text += "DESCRIPTION:\n    \(summary)\n\n" }
        let fields = Explanation.fields(type)
        if !fields.isEmpty { text += "FIELDS:\n" + Explanation.list(fields, recursive: recursive, level: 1, seen: []) }
        Console.out(text)
    }
}

/// Fields as `explain` lists them.
enum Explanation {
    static func fields(_ type: ValueType) -> [FieldSchema] {
        type.structIndex.map { SchemaTypes.builtin.types[$0].fields } ?? []
    }

    /// `string`, `[]Container`, `map[string]string`
    static func name(_ type: ValueType) -> String {
        switch type {
        case .string, .bytes, .quantity, .time, .microTime: "string"
        case .bool: "boolean"
        case .int32, .int64: "integer"
        case .double: "number"
        case .intOrString: "IntOrString"
        case .raw, .fields, .extra: "Object"
        case .object(let index): SchemaTypes.builtin.types[index].plainName
        case .list(let element): "[]" + name(element)
        case .map(let value): "map[string]" + name(value)
        }
    }

    /// - Parameter seen: types further up, which are not opened again.
    static func list(_ fields: [FieldSchema], recursive: Bool, level: Int, seen: Set<Int>) -> String {
        var text = ""
        let margin = String(repeating: "  ", count: level)
        for field in fields.sorted(by: { $0.name < $1.name }) {
            text += "\(margin)\(field.name)\t<\(name(field.type))>\(field.isRequired ? " -required-" : "")\n"
            if recursive {
                guard let index = field.type.structIndex, !seen.contains(index) else { continue }
                let inner = SchemaTypes.builtin.types[index].fields
                text += list(inner, recursive: true, level: level + 1, seen: seen.union([index]))
            } else {
                text += field.summary.isEmpty ? "\n" : "\(margin)  \(field.summary)\n\n"
            }
        }
        return text
    }
}
