import NIOCore
import Objects
import Registry
import Transport

/// Shows objects and lists of one kind in the form that was negotiated.
struct Rendering: Sendable {
    /// What the `object` of a table's row is.
    enum RowObject: String, Sendable { case none = "None", metadata = "Metadata", object = "Object" }

    let kind: KindSchema
    let shape: Negotiated
    private let rowObject: RowObject
    private let clock: @Sendable () -> Timestamp

    init(_ kind: KindSchema, _ shape: Negotiated, _ query: Query, clock: @escaping @Sendable () -> Timestamp)
        throws(Status)
    {
        self.kind = kind
        self.shape = shape
        self.clock = clock
        let wanted = query["includeObject"] ?? "Metadata"
        guard let rowObject = RowObject(rawValue: wanted.isEmpty ? "Metadata" : wanted) else {
            throw .badRequest(
                "Unable to convert to Table as requested: includeObject: Invalid value: \(Status.quoted(wanted)): must be "
                    + "'Metadata', 'Object', 'None', or empty")
        }
        self.rowObject = rowObject
    }

    // MARK: Whole answers

    func object(_ stored: StoredBytes, status: Int = 200) throws(Status) -> HTTPResponse {
        Answers.bytes(try bytes(stored.value, revision: stored.revision), status: status, shape)
    }

    func object(_ object: Object, status: Int = 200) -> HTTPResponse {
        Answers.json(json(object, withColumns: true), status: status, shape)
    }

    func list(_ list: StoredList) throws(Status) -> HTTPResponse {
        Answers.bytes(try bytes(list), shape)
    }

    // MARK: Parts

    /// Of one object, also as the `object` of a watch event.
    func bytes(_ value: [UInt8], revision: Int64, withColumns: Bool = true) throws(Status) -> ByteBuffer {
        var buffer = ByteBuffer()
        if shape.representation == .object {
            buffer.reserveCapacity(value.count + 48)
            Splice.write(value, revision: revision, to: &buffer)
        } else {
            let object = try ObjectCoding.decode(value, revision: revision)
            buffer.writeBytes(JSONEncoder.encode(json(object, withColumns: withColumns)))
        }
        return buffer
    }

    private func bytes(_ list: StoredList) throws(Status) -> ByteBuffer {
        switch shape.representation {
        case .object: return spliced(list)
        case .table:
            return ByteBuffer(
                bytes: JSONEncoder.encode(table(try decoded(list), metadata: metadata(list), withColumns: true)))
        case .partialMetadata, .partialMetadataList:
            let items = try decoded(list).map(partial)
            return ByteBuffer(
                bytes: JSONEncoder.encode([
                    "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(shape.version)"),
                    "metadata": metadata(list), "items": items.isEmpty ? .null : .array(items),
                ]))
        }
    }

    private func spliced(_ list: StoredList) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(list.items.reduce(256) { $0 + $1.value.count + 32 })
        buffer.writeString("{\"kind\":\"\(kind.kind)List\",\"apiVersion\":\"\(kind.apiVersion)\",\"metadata\":")
        buffer.writeBytes(JSONEncoder.encode(metadata(list)))
        buffer.writeStaticString(",\"items\":[")
        var isFirst = true
        for item in list.items {
            if !isFirst { buffer.writeInteger(UInt8(ascii: ",")) }
            isFirst = false
            Splice.writeItem(item.value, revision: item.revision, to: &buffer)
        }
        buffer.writeStaticString("]}\n")
        return buffer
    }

    private func decoded(_ list: StoredList) throws(Status) -> [Object] {
        var objects: [Object] = []
        objects.reserveCapacity(list.items.count)
        for item in list.items { objects.append(try ObjectCoding.decode(item.value, revision: item.revision)) }
        return objects
    }

    private func metadata(_ list: StoredList) -> JSON {
        var members: [JSONObject.Member] = [("resourceVersion", .string(String(list.revision)))]
        if !list.continueToken.isEmpty { members.append(("continue", .string(list.continueToken))) }
        if let remaining = list.remaining { members.append(("remainingItemCount", .integer(remaining))) }
        return .object(JSONObject(members))
    }

    func json(_ object: Object, withColumns: Bool) -> JSON {
        switch shape.representation {
        case .object: object.json
        case .partialMetadata, .partialMetadataList: partial(object)
        case .table:
            table(
                [object], metadata: ["resourceVersion": .string(object.resourceVersion)], withColumns: withColumns)
        }
    }

    private func partial(_ object: Object) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(shape.version)"),
            "metadata": object["metadata"] ?? [:],
        ]
    }

    private func table(_ objects: [Object], metadata: JSON, withColumns: Bool) -> JSON {
        let printer = TablePrinter.of(kind)
        let now = clock()
        let rows = objects.map { object -> JSON in
            var row: [JSONObject.Member] = [("cells", .array(printer.cells(object, now)))]
            let conditions = printer.conditions(object)
            if !conditions.isEmpty { row.append(("conditions", .array(conditions))) }
            switch rowObject {
            case .none: row.append(("object", nil))
            case .metadata: row.append(("object", partial(object)))
            case .object: row.append(("object", object.json))
            }
            return .object(JSONObject(row))
        }
        return [
            "kind": "Table", "apiVersion": .string("meta.k8s.io/\(shape.version)"), "metadata": metadata,
            "columnDefinitions": .array(withColumns ? printer.columns.map(\.json) : []), "rows": .array(rows),
        ]
    }
}
