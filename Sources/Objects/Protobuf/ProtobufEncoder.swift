/// Objects as protobuf messages, by the field numbers of the schema tables. Fields that are empty are not written.
package struct ProtobufEncoder {
    private let types: SchemaTypes

    package init(types: SchemaTypes = .builtin) { self.types = types }

    /// An object in canonical form with its envelope, as `application/vnd.kubernetes.protobuf`. nil if there is no
    /// table for its kind.
    package static func encode(_ json: JSON) -> [UInt8]? {
        let (apiVersion, kind) = (json["apiVersion"]?.string ?? "", json["kind"]?.string ?? "")
        let root = SchemaCatalog.builtin.kind(apiVersion: apiVersion, kind: kind)?.root ?? kind
        guard let raw = message(json, type: root) else { return nil }
        return ProtobufEnvelope(apiVersion: apiVersion, kind: kind, raw: raw).bytes
    }

    /// A list: `metadata` is a ListMeta, `items` are messages.
    package static func encodeList(apiVersion: String, kind: String, metadata: JSON, items: [[UInt8]]) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(1, bytes: message(metadata, type: "ListMeta") ?? [])
        for item in items { writer.field(2, bytes: item) }
        return ProtobufEnvelope(apiVersion: apiVersion, kind: kind, raw: writer.bytes).bytes
    }

    /// A watch event around an enveloped object; the stream puts its length in four bytes before it.
    package static func encodeWatchEvent(type: String, object: [UInt8]) -> [UInt8] {
        var raw = ProtobufWriter()
        raw.field(1, bytes: object)
        var event = ProtobufWriter()
        event.field(1, string: type)
        event.field(2, bytes: raw.bytes)
        return ProtobufEnvelope(apiVersion: "v1", kind: "WatchEvent", raw: event.bytes).bytes
    }

    /// The bare message; nil if there is no such type.
    package static func message(_ json: JSON, type: String) -> [UInt8]? {
        let encoder = ProtobufEncoder()
        guard let index = encoder.types.index(of: type), let object = json.object else { return nil }
        return encoder.message(object, encoder.types.types[index])
    }

    private func message(_ object: JSONObject, _ type: StructSchema) -> [UInt8] {
        var writer = ProtobufWriter()
        var wrapped: [Int: ProtobufWriter] = [:]
        for field in type.fields where field.number > 0 {
            guard let value = object[field.name], !value.isNullLiteral else { continue }
            if field.wrapper == 0 {
                write(value, field, &writer)
            } else {
                write(value, field, &wrapped[field.wrapper, default: ProtobufWriter()])
            }
        }
        for (number, inner) in wrapped.sorted(by: { $0.key < $1.key }) { writer.field(number, bytes: inner.bytes) }
        return writer.bytes
    }

    private func write(_ value: JSON, _ field: FieldSchema, _ writer: inout ProtobufWriter) {
        switch (field.type, value) {
        case (.list(let element), .array(let elements)):
            for item in elements { write(item, element, field.number, &writer) }
        case (.map(let element), .object(let object)):
            for member in object.members {
                var entry = ProtobufWriter()
                entry.field(1, string: member.key)
                write(member.value, element, 2, &entry)
                writer.field(field.number, bytes: entry.bytes)
            }
        default: write(value, field.type, field.number, &writer)
        }
    }

    private func write(_ value: JSON, _ type: ValueType, _ number: Int, _ writer: inout ProtobufWriter) {
        switch (type, value) {
        case (.bool, .bool(let flag)): writer.field(number, varint: flag ? 1 : 0)
        case (.int32, .integer(let integer)), (.int64, .integer(let integer)):
            writer.field(number, varint: UInt64(bitPattern: integer))
        case (.double, .number(let double)): writer.field(number, double: double)
        case (.double, .integer(let integer)): writer.field(number, double: Double(integer))
        case (.string, .string(let text)): writer.field(number, string: text)
        case (.bytes, .string(let text)): writer.field(number, bytes: Base64.decode(text) ?? [])
        case (.object(let index), .object(let object)):
            writer.field(number, bytes: message(object, types.types[index]))
        default:
            if let bytes = special(value, type) { writer.field(number, bytes: bytes) }
        }
    }

    private func special(_ value: JSON, _ type: ValueType) -> [UInt8]? {
        var writer = ProtobufWriter()
        switch (type, value) {
        case (.quantity, .string(let text)): writer.field(1, string: text)
        case (.intOrString, .integer(let integer)):
            writer.field(1, varint: 0)
            writer.field(2, varint: UInt64(bitPattern: integer))
        case (.intOrString, .string(let text)):
            writer.field(1, varint: 1)
            writer.field(2, varint: 0)
            writer.field(3, string: text)
        case (.time, .string(let text)), (.microTime, .string(let text)):
            guard let instant = Timestamp(text) else { return nil }
            writer.field(1, varint: UInt64(bitPattern: instant.seconds))
            writer.field(2, varint: type == .microTime ? UInt64(instant.nanos) : 0)
        case (.extra, .array(let texts)):
            for text in texts { writer.field(1, string: text.string ?? "") }
        case (.raw, _), (.fields, _): writer.field(1, bytes: JSONEncoder.encode(value))
        default: return nil
        }
        return writer.bytes
    }
}
