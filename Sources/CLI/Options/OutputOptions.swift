import ArgumentParser
import Objects

/// What `-o` asks for.
enum OutputFormat {
    case table(wide: Bool)
    case json
    case yaml
    case name
    case jsonPath(JSONPath)
    case customColumns(CustomColumns)

    init(_ text: String?) throws {
        let parts = (text ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        do {
            switch parts.first ?? "" {
            case "": self = .table(wide: false)
            case "wide": self = .table(wide: true)
            case "json": self = .json
            case "yaml": self = .yaml
            case "name": self = .name
            case "jsonpath": self = .jsonPath(try JSONPath(template: value))
            case "jsonpath-file": self = .jsonPath(try JSONPath(template: try ManifestLoader.read(value)))
            case "custom-columns": self = .customColumns(try CustomColumns(value))
            default:
                throw CommandFailure(
                    "error: unable to match a printer suitable for the output format \"\(text ?? "")\", allowed formats"
                        + " are: custom-columns,json,jsonpath,jsonpath-file,name,wide,yaml")
            }
        } catch let error as JSONPathError {
            throw CommandFailure("error: \(error)")
        }
    }

    var isTable: Bool { if case .table = self { true } else { false } }
}

struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "json, yaml, name, wide, jsonpath=TEMPLATE or custom-columns=HEADER:PATH,...")
    var output: String?

    @Flag(name: .customLong("show-managed-fields"), help: "Keep metadata.managedFields in json and yaml.")
    var showManagedFields = false
}

/// Prints whole objects in the formats that are not tables.
struct ObjectPrinter {
    var format: OutputFormat
    var showManagedFields = false

    /// One object, or several as a `List`.
    func print(_ objects: [(object: Object, name: String)], asList: Bool) -> String {
        let values = objects.map { showManagedFields ? $0.object.json : Self.withoutManagedFields($0.object).json }
        switch format {
        case .name: return objects.map { $0.name + "\n" }.joined()
        case .customColumns(let columns):
            var table = TextTable()
            return table.text([columns.header] + values.map(columns.row))
        case .table: return ""
        case .json: return PrettyJSON.text(Self.single(values, asList))
        case .yaml: return YAMLWriter.text(Self.single(values, asList))
        case .jsonPath(let path): return path.text(Self.single(values, asList))
        }
    }

    private static func single(_ values: [JSON], _ asList: Bool) -> JSON {
        if !asList, values.count == 1 { return values[0] }
        return ["apiVersion": "v1", "items": .array(values), "kind": "List", "metadata": ["resourceVersion": ""]]
    }

    private static func withoutManagedFields(_ object: Object) -> Object {
        var object = object
        object["metadata", "managedFields"] = nil
        return object
    }
}
