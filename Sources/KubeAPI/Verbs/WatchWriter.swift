import NIOCore
import Objects
import Registry

/// Makes the lines of one watch. On the event loop of its connection.
final class WatchWriter: Sendable {
    private let rendering: Rendering
    /// nil: this watch shows something else than the plain objects.
    private let shared: EventLines?
    private let hasColumns: NIOLoopBoundBox<Bool>

    init(_ rendering: Rendering, shared: EventLines, eventLoop: any EventLoop) {
        self.rendering = rendering
        let isPlain = rendering.shape.representation == .object && !rendering.shape.isPretty
        self.shared = isPlain ? shared : nil
        hasColumns = NIOLoopBoundBox(false, eventLoop: eventLoop)
    }

    func line(_ event: StoredEvent) throws(Status) -> ByteBuffer {
        if let shared {
            return shared.line(event) {
                var object = ByteBuffer()
                object.reserveCapacity(event.value.count + 48)
                Splice.write(event.value, revision: event.revision, to: &object)
                return Self.line(event.kind.rawValue, object)
            }
        }
        let object = try rendering.bytes(event.value, revision: event.revision, withColumns: !hasColumns.value)
        hasColumns.value = true
        return Self.line(event.kind.rawValue, object)
    }

    func error(_ status: Status) -> ByteBuffer {
        Self.line("ERROR", ByteBuffer(bytes: JSONEncoder.encode(status.json)))
    }

    func bookmark(_ revision: Int64, endsInitialState: Bool) -> ByteBuffer {
        var metadata: [JSONObject.Member] = [
            ("resourceVersion", .string(String(revision))), ("creationTimestamp", nil),
        ]
        if endsInitialState { metadata.append(("annotations", ["k8s.io/initial-events-end": "true"])) }
        let shape = rendering.shape
        let (kind, apiVersion) =
            switch shape.representation {
            case .object: (rendering.kind.kind, rendering.kind.apiVersion)
            case .table: ("Table", "meta.k8s.io/\(shape.version)")
            case .partialMetadata, .partialMetadataList: ("PartialObjectMetadata", "meta.k8s.io/\(shape.version)")
            }
        var object: [JSONObject.Member] = [
            ("kind", .string(kind)), ("apiVersion", .string(apiVersion)), ("metadata", .object(JSONObject(metadata))),
        ]
        if shape.representation == .table { object += [("columnDefinitions", []), ("rows", [])] }
        return Self.line("BOOKMARK", ByteBuffer(bytes: JSONEncoder.encode(.object(JSONObject(object)))))
    }

    private static func line(_ type: String, _ object: ByteBuffer) -> ByteBuffer {
        var out = ByteBuffer()
        out.reserveCapacity(object.readableBytes + 40)
        out.writeString("{\"type\":\"\(type)\",\"object\":")
        out.writeImmutableBuffer(object)
        out.writeStaticString("}\n")
        return out
    }
}
