import Objects
import Registry
import Transport

/// The OpenAPI documents as bytes. Made when somebody asks for one for the first time, then kept: a start must not pay
/// for them, and their hashes are over the bytes.
final class OpenAPIStore: Sendable {
    private struct Made: Sendable {
        var documents: [String: [UInt8]]
        var index: [UInt8]
        var version2: [UInt8]?
        var version2Protobuf: [UInt8]?
    }

    private let source: OpenAPIDocuments
    private let made = Locked<Made?>(nil)

    init(catalog: SchemaCatalog, version: String) { source = OpenAPIDocuments(catalog: catalog, version: version) }

    /// nil for a path that no kind is served at.
    func document(_ path: String) -> [UInt8]? { all().documents[path] }

    var index: [UInt8] { all().index }

    var version2: [UInt8] {
        if let bytes = all().version2 { return bytes }
        let bytes = JSONEncoder.encode(source.version2)
        made.withLock { $0?.version2 = bytes }
        return bytes
    }

    /// For kubectl before 1.27, which takes nothing else.
    var version2Protobuf: [UInt8] {
        if let bytes = all().version2Protobuf { return bytes }
        let bytes = GnosticEncoder.encode(source.version2)
        made.withLock { $0?.version2Protobuf = bytes }
        return bytes
    }

    private func all() -> Made {
        if let present = made.withLock({ $0 }) { return present }
        var documents: [String: [UInt8]] = [:]
        for path in source.groupPaths { documents[path] = source.document(path).map { JSONEncoder.encode($0) } }
        let fresh = Made(documents: documents, index: JSONEncoder.encode(source.index(documents)))
        made.withLock { $0 = fresh }
        return fresh
    }
}
