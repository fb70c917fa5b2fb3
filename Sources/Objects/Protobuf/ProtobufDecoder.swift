/// Protobuf messages of the built-in types as JSON, by the field numbers of the schema tables.
package struct ProtobufDecoder {
    private let types: SchemaTypes
    /// What is being read is an object in a field of another one.
    private let isEmbedded: Bool
    private var depth = 0

    package init(types: SchemaTypes = .builtin) { self.init(types: types, isEmbedded: false) }

    private init(types: SchemaTypes, isEmbedded: Bool) {
        self.types = types
        self.isEmbedded = isEmbedded
    }

    /// The JSON of an enveloped object, not yet in canonical form: decode it with the catalogue. Throws 400.
    package static func decode(_ bytes: [UInt8]) throws(Status) -> JSON { try decode(bytes, isEmbedded: false) }

    private static func decode(_ bytes: [UInt8], isEmbedded: Bool) throws(Status) -> JSON {
        let envelope = try ProtobufEnvelope(bytes)
        let kind = SchemaCatalog.builtin.kind(apiVersion: envelope.apiVersion, kind: envelope.kind)
        guard let type = kind?.root ?? (SchemaTypes.builtin[envelope.kind] == nil ? nil : envelope.kind) else {
            throw .badRequest(
                "no kind \(GoQuote.quote(envelope.kind)) is registered for version \(GoQuote.quote(envelope.apiVersion))"
            )
        }
        var json = try decode(message: envelope.raw, type: type, isEmbedded: isEmbedded)
        json["kind"] = .string(envelope.kind)
        json["apiVersion"] = .string(envelope.apiVersion)
        return json
    }

    /// A bare message of a type of the tables. Throws 400.
    package static func decode(message: [UInt8], type: String) throws(Status) -> JSON {
        try decode(message: message, type: type, isEmbedded: false)
    }

    private static func decode(message: [UInt8], type: String, isEmbedded: Bool) throws(Status) -> JSON {
        guard let index = SchemaTypes.builtin.index(of: type) else { throw .badRequest("no type \(type)") }
        var decoder = ProtobufDecoder(types: .builtin, isEmbedded: isEmbedded)
        do throws(ProtobufReader.Malformed) {
            return .object(try decoder.object(message[...], decoder.types.types[index]))
        } catch {
            throw .badRequest("unable to decode protobuf \(type): \(error.message)")
        }
    }

    private mutating func object(
        _ bytes: ArraySlice<UInt8>, _ type: StructSchema
    ) throws(ProtobufReader.Malformed) -> JSONObject {
        depth += 1
        defer { depth -= 1 }
        if depth > JSONParser.maximumDepth { throw ProtobufReader.Malformed(message: "exceeded max depth") }
        var partial = Partial(type)
        try read(bytes, wrapper: 0, into: &partial)
        return partial.object
    }

    /// The fields met so far. Lists and maps are gathered apart, because their elements come one by one.
    private struct Partial {
        let type: StructSchema
        var values: [JSON?]
        var lists: [Int: [JSON]] = [:]
        var maps: [Int: MemberTable] = [:]

        init(_ type: StructSchema) {
            self.type = type
            values = Array(repeating: nil, count: type.fields.count)
        }

        var object: JSONObject {
            var members: [JSONObject.Member] = []
            for (index, field) in type.fields.enumerated() {
                if let value = values[index] {
                    members.append((field.name, value))
                } else if let list = lists[index] {
                    members.append((field.name, .array(list)))
                } else if let map = maps[index] {
                    members.append((field.name, .object(map.object)))
                }
            }
            return JSONObject(members)
        }
    }

    private mutating func read(
        _ bytes: ArraySlice<UInt8>, wrapper: Int, into partial: inout Partial
    ) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        let fields = partial.type.fields
        while !reader.isAtEnd {
            let (number, wire) = try reader.key()
            if let index = fields.firstIndex(where: { $0.number == number && $0.wrapper == wrapper }) {
                try read(fields[index], index, wire, &reader, &partial)
            } else if wrapper == 0, wire == .bytes, fields.contains(where: { $0.wrapper == number }) {
                try read(try reader.message(), wrapper: number, into: &partial)
            } else {
                try reader.skip(wire)
            }
        }
    }

    private mutating func read(
        _ field: FieldSchema, _ index: Int, _ wire: ProtobufReader.WireType, _ reader: inout ProtobufReader,
        _ partial: inout Partial
    ) throws(ProtobufReader.Malformed) {
        switch field.type {
        case .list(let element):
            if wire == .bytes, element == .int32 || element == .int64 || element == .bool {
                var packed = ProtobufReader(try reader.message())
                while !packed.isAtEnd {
                    partial.lists[index, default: []].append(try value(element, .varint, &packed))
                }
            } else {
                partial.lists[index, default: []].append(try value(element, wire, &reader))
            }
        case .map(let element):
            guard wire == .bytes else { throw Self.wrongType(field, wire) }
            let (key, value) = try entry(try reader.message(), element)
            partial.maps[index, default: MemberTable()][key] = value
        default:
            partial.values[index] = try value(field.type, wire, &reader)
        }
    }

    private mutating func entry(
        _ bytes: ArraySlice<UInt8>, _ type: ValueType
    ) throws(ProtobufReader.Malformed) -> (String, JSON) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var value: JSON?
        while !reader.isAtEnd {
            let (number, wire) = try reader.key()
            switch (number, wire) {
            case (1, .bytes): key = try text(try reader.message())
            case (2, _): value = try self.value(type, wire, &reader)
            default: try reader.skip(wire)
            }
        }
        return (key, value ?? (type == .string || type == .bytes ? "" : .null))
    }

    private mutating func value(
        _ type: ValueType, _ wire: ProtobufReader.WireType, _ reader: inout ProtobufReader
    ) throws(ProtobufReader.Malformed) -> JSON {
        switch (type, wire) {
        case (.bool, .varint): return .bool(try reader.varint() != 0)
        case (.int32, .varint), (.int64, .varint): return .integer(Int64(bitPattern: try reader.varint()))
        case (.double, .fixed64): return .number(Double(bitPattern: try reader.fixed64()))
        case (.string, .bytes): return .string(try text(try reader.message()))
        case (.bytes, .bytes): return .string(Base64.encode(Array(try reader.message())))
        case (.object(let index), .bytes): return .object(try object(try reader.message(), types.types[index]))
        case (_, .bytes): return try special(type, try reader.message())
        default: throw ProtobufReader.Malformed(message: "proto: wrong wireType for \(type.goName(types))")
        }
    }

    /// Types with a form of their own in JSON.
    private mutating func special(
        _ type: ValueType, _ bytes: ArraySlice<UInt8>
    ) throws(ProtobufReader.Malformed) -> JSON {
        var reader = ProtobufReader(bytes)
        var numbers: [Int: UInt64] = [:]
        var texts: [ArraySlice<UInt8>] = []
        while !reader.isAtEnd {
            let (number, wire) = try reader.key()
            switch wire {
            case .varint: numbers[number] = try reader.varint()
            case .bytes: texts.append(try reader.message())
            default: try reader.skip(wire)
            }
        }
        let first = texts.first ?? []
        switch type {
        case .quantity: return .string(first.isEmpty ? "0" : try text(first))
        case .intOrString:
            return numbers[1] == 1
                ? .string(try text(first)) : .integer(Int64(Int32(truncatingIfNeeded: numbers[2] ?? 0)))
        case .time, .microTime: return instant(numbers, type)
        case .extra: return .array(try texts.map { slice throws(ProtobufReader.Malformed) in .string(try text(slice)) })
        default: return first.isEmpty ? .null : try embedded(Array(first))
        }
    }

    private func instant(_ numbers: [Int: UInt64], _ type: ValueType) -> JSON {
        if numbers.isEmpty { return .null }
        let nanos = Int32(truncatingIfNeeded: numbers[2] ?? 0)
        let seconds = Int64(bitPattern: numbers[1] ?? 0)
        // What RFC 3339 cannot write: years beyond 0 ... 9999.
        guard (0..<1_000_000_000).contains(nanos), (-62_167_219_200..<253_402_300_800).contains(seconds) else {
            return .null
        }
        let time = Timestamp(seconds: seconds, nanos: nanos)
        return .string(type == .microTime ? time.microText : time.text)
    }

    /// JSON, or an enveloped object. No type has objects in objects in objects, and each level copies what is in it.
    private func embedded(_ bytes: [UInt8]) throws(ProtobufReader.Malformed) -> JSON {
        let isEnvelope = bytes.starts(with: ProtobufEnvelope.magic)
        if isEnvelope, isEmbedded { throw ProtobufReader.Malformed(message: "an embedded object embeds another") }
        do {
            if isEnvelope { return try Self.decode(bytes, isEmbedded: true) }
            return try JSONParser.parse(bytes)
        } catch {
            throw ProtobufReader.Malformed(message: "embedded object: \(error)")
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProtobufReader.Malformed(message: "string field contains invalid UTF-8")
        }
        return text
    }

    private static func wrongType(_ field: FieldSchema, _ wire: ProtobufReader.WireType) -> ProtobufReader.Malformed {
        ProtobufReader.Malformed(message: "proto: wrong wireType = \(wire.rawValue) for field \(field.name)")
    }
}
