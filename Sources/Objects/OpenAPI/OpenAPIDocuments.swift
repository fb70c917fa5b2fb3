/// The OpenAPI documents that kubectl reads before it applies, creates or explains, made from the schema tables
/// (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition).
package struct OpenAPIDocuments: Sendable {
    private let catalog: SchemaCatalog
    private let version: String

    /// `version`: what `/version` says, such as `v1.36.0`.
    package init(catalog: SchemaCatalog = .builtin, version: String) {
        self.catalog = catalog
        self.version = version
    }

    /// `api/v1`, `apis/apps/v1`, ...: the paths below `/openapi/v3/`.
    package var groupPaths: [String] {
        var paths: [String] = []
        for kind in catalog.kinds where !paths.contains(Self.path(kind)) { paths.append(Self.path(kind)) }
        return paths.sorted()
    }

    /// `/openapi/v3`: where each document is. The hash is that of its bytes, so that clients may keep it for ever.
    package func index(_ documents: [String: [UInt8]]) -> JSON {
        let members = documents.sorted { $0.key < $1.key }.map { path, bytes -> JSONObject.Member in
            (path, ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(Self.hash(bytes))")])
        }
        return ["paths": .object(JSONObject(members))]
    }

    /// `/openapi/v3/<path>`; nil if no kind is served there.
    package func document(_ path: String) -> JSON? {
        let kinds = catalog.kinds.filter { Self.path($0) == path }
        if kinds.isEmpty { return nil }
        let schemas = OpenAPISchemas(reference: "#/components/schemas/")
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": .string(version)],
            "paths": OpenAPIPaths(kinds: kinds, schemas: schemas).json,
            "components": ["schemas": schemas.definitions(of: kinds)],
        ]
    }

    /// `/openapi/v2` as JSON: all groups in one document.
    package var version2: JSON {
        let schemas = OpenAPISchemas(reference: "#/definitions/")
        return [
            "swagger": "2.0", "info": ["title": "Kubernetes", "version": .string(version)],
            "paths": OpenAPIPaths(kinds: catalog.kinds, schemas: schemas).json,
            "definitions": schemas.definitions(of: catalog.kinds),
        ]
    }

    private static func path(_ kind: KindSchema) -> String {
        kind.group.isEmpty ? "api/\(kind.version)" : "apis/\(kind.group)/\(kind.version)"
    }

    /// FNV-1a over the bytes: the same document has the same hash in every run.
    private static func hash(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16, uppercase: true)
    }
}
