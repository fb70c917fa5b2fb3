/// An OpenAPI v2 document as the protobuf message that kubectl before 1.27 asks for
/// (github.com/google/gnostic-models, openapiv2/OpenAPIv2.proto): definitions with their types and extensions, and of
/// the paths what tells which of them take a dry run. Numbers are those of the proto file.
package enum GnosticEncoder {
    /// `openapi.v2.Document`
    package static func encode(_ document: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(1, string: document["swagger"]?.string ?? "2.0")
        var info = ProtobufWriter()
        info.field(1, string: document.at("info", "title")?.string ?? "")
        info.field(2, string: document.at("info", "version")?.string ?? "")
        writer.field(2, bytes: info.bytes)
        var paths = ProtobufWriter()
        for (path, item) in document["paths"]?.object ?? JSONObject() {
            paths.field(2, bytes: named(path, pathItem(item)))
        }
        writer.field(8, bytes: paths.bytes)
        var definitions = ProtobufWriter()
        for (name, definition) in document["definitions"]?.object ?? JSONObject() {
            definitions.field(1, bytes: named(name, schema(definition)))
        }
        writer.field(9, bytes: definitions.bytes)
        return writer.bytes
    }

    /// `NamedSchema`, `NamedPathItem`, `NamedAny`: a name and a message.
    private static func named(_ name: String, _ message: [UInt8]) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(1, string: name)
        writer.field(2, bytes: message)
        return writer.bytes
    }

    // MARK: Paths

    private static let methods = [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)]

    private static func pathItem(_ item: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        for (method, number) in methods {
            if let operation = item[method] { writer.field(number, bytes: self.operation(operation)) }
        }
        return writer.bytes
    }

    private static func operation(_ operation: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        for parameter in operation["parameters"]?.array ?? [] where parameter["in"]?.string == "query" {
            writer.field(8, bytes: queryParameter(parameter["name"]?.string ?? ""))
        }
        writeExtensions(of: operation, 13, &writer)
        return writer.bytes
    }

    /// `ParametersItem` around `Parameter` around `NonBodyParameter` around `QueryParameterSubSchema`.
    private static func queryParameter(_ name: String) -> [UInt8] {
        var parameter = ProtobufWriter()
        parameter.field(2, string: "query")
        parameter.field(4, string: name)
        return [3, 2, 1].reduce(parameter.bytes) { inner, number in
            var outer = ProtobufWriter()
            outer.field(number, bytes: inner)
            return outer.bytes
        }
    }

    // MARK: Schemas

    private static func schema(_ schema: JSON) -> [UInt8] {
        // Before version 3 a reference stands alone; `allOf` around one says the same.
        if case .array(let all)? = schema["allOf"], all.count == 1, let target = all[0]["$ref"]?.string {
            return reference(target, description: schema["description"]?.string)
        }
        if let target = schema["$ref"]?.string { return reference(target, description: nil) }
        var writer = ProtobufWriter()
        if let format = schema["format"]?.string { writer.field(2, string: format) }
        if let text = schema["description"]?.string { writer.field(4, string: text) }
        for name in schema["required"]?.array ?? [] { writer.field(19, string: name.string ?? "") }
        if let values = schema["additionalProperties"] {
            var item = ProtobufWriter()
            item.field(1, bytes: self.schema(values))
            writer.field(21, bytes: item.bytes)
        }
        if let type = schema["type"]?.string {
            var item = ProtobufWriter()
            item.field(1, string: type)
            writer.field(22, bytes: item.bytes)
        }
        if let items = schema["items"] {
            var item = ProtobufWriter()
            item.field(1, bytes: self.schema(items))
            writer.field(23, bytes: item.bytes)
        }
        if let properties = schema["properties"]?.object {
            var all = ProtobufWriter()
            for (name, property) in properties { all.field(1, bytes: named(name, self.schema(property))) }
            writer.field(25, bytes: all.bytes)
        }
        writeExtensions(of: schema, 31, &writer)
        return writer.bytes
    }

    private static func reference(_ target: String, description: String?) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(1, string: target)
        if let description { writer.field(4, string: description) }
        return writer.bytes
    }

    /// `NamedAny` with the value as YAML, which JSON is.
    private static func writeExtensions(of json: JSON, _ number: Int, _ writer: inout ProtobufWriter) {
        for (name, value) in json.object ?? JSONObject() where name.hasPrefix("x-") {
            var any = ProtobufWriter()
            any.field(2, bytes: JSONEncoder.encode(value))
            writer.field(number, bytes: named(name, any.bytes))
        }
    }
}
