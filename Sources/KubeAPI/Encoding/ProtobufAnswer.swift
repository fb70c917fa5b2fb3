import Objects

/// Answers for clients that accept nothing but protobuf.
enum ProtobufAnswer {
    /// nil for a type that has no message.
    static func encode(_ json: JSON) -> [UInt8]? {
        let kind = json["kind"]?.string ?? ""
        guard kind.hasSuffix("List"), let items = json["items"]?.array else { return ProtobufEncoder.encode(json) }
        let apiVersion = json["apiVersion"]?.string ?? ""
        let itemKind = String(kind.dropLast(4))
        let root = SchemaCatalog.builtin.kind(apiVersion: apiVersion, kind: itemKind)?.root ?? itemKind
        var messages: [[UInt8]] = []
        for item in items {
            guard let message = ProtobufEncoder.message(item, type: root) else { return nil }
            messages.append(message)
        }
        return ProtobufEncoder.encodeList(
            apiVersion: apiVersion, kind: kind, metadata: json["metadata"] ?? [:], items: messages)
    }
}
