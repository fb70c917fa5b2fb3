import Objects

/// How an object or a list is shown.
enum Representation: Sendable, Hashable {
    case object
    case table
    case partialMetadata
    case partialMetadataList
}

/// The choice among what a client accepts (https://kubernetes.io/docs/reference/using-api/api-concepts/).
struct Negotiated: Sendable, Hashable {
    enum Format: Sendable, Hashable { case json, yaml, protobuf }

    var format = Format.json
    var representation = Representation.object
    /// `v1` or `v1beta1` of meta.k8s.io, for what is not `object`.
    var version = "v1"
    var isPretty = false

    var contentType: String {
        switch format {
        case .json: "application/json"
        case .yaml: "application/yaml"
        case .protobuf: "application/vnd.kubernetes.protobuf"
        }
    }

    static let mediaTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]

    /// 406 if nothing fits. Without the header anything goes, and that is JSON.
    static func choose(accept: [String], allowsTransforms: Bool = true) throws(Status) -> Negotiated {
        if accept.isEmpty { return Negotiated() }
        // A stable sort: of equals the first one is preferred.
        let wanted = accept.compactMap { MediaType($0) }.enumerated()
            .sorted { ($0.element.quality, $1.offset) > ($1.element.quality, $0.offset) }.map(\.element)
        for type in wanted {
            if let found = match(type, allowsTransforms) { return found }
        }
        // JSON costs nothing here, so protobuf is for those who take nothing else.
        if wanted.contains(where: { $0.name == "application/vnd.kubernetes.protobuf" && $0.parameters["as"] == nil }) {
            return Negotiated(format: .protobuf)
        }
        throw .notAcceptable(mediaTypes)
    }

    private static func match(_ type: MediaType, _ allowsTransforms: Bool) -> Negotiated? {
        var result = Negotiated()
        switch type.name {
        case "application/json", "*/*": result.format = .json
        case "application/yaml": result.format = .yaml
        default: return nil
        }
        guard let transform = type.parameters["as"] else { return result }
        guard allowsTransforms, type.parameters["g"] == "meta.k8s.io",
            let version = type.parameters["v"], version == "v1" || version == "v1beta1"
        else { return nil }
        result.version = version
        switch transform {
        case "Table": result.representation = .table
        case "PartialObjectMetadata": result.representation = .partialMetadata
        case "PartialObjectMetadataList": result.representation = .partialMetadataList
        default: return nil
        }
        return result
    }
}
