import Client
import Objects

/// A manifest's object together with the resource that it belongs to.
struct ManifestTarget: Sendable {
    var resource: APIResource
    /// With its namespace filled in.
    var object: Object
    var source: String

    var namespace: String { resource.namespaced ? object.namespace : "" }
    var displayName: String { resource.named(object.name) }

    static func resolve(_ manifest: ManifestObject, _ resolver: ResourceResolver, _ options: NamespaceOptions)
        async throws
        -> ManifestTarget
    {
        var object = manifest.object
        guard let resource = try await resolver.resource(apiVersion: object.apiVersion, kind: object.kind) else {
            throw CommandFailure(
                "error: resource mapping not found for name: \"\(object.name)\" namespace: \"\(object.namespace)\" from"
                    + " \"\(manifest.source)\": no matches for kind \"\(object.kind)\" in version \"\(object.apiVersion)\""
            )
        }
        if resource.namespaced {
            if let asked = options.namespace, !object.namespace.isEmpty, object.namespace != asked {
                throw CommandFailure(
                    "error: the namespace from the provided object \"\(object.namespace)\" does not match the namespace"
                        + " \"\(asked)\". You must pass '--namespace=\(object.namespace)' to perform this operation.")
            }
            if object.namespace.isEmpty { object.namespace = options.effective }
        }
        return ManifestTarget(resource: resource, object: object, source: manifest.source)
    }
}
