import Client
import Objects
import Synchronization

/// Finds resources by the names that people use for them. The built-in kinds are known without asking; what is not
/// among them is looked for in the server's discovery, once.
final class ResourceResolver: Sendable {
    private let client: APIClient
    private let discovered = Mutex<[APIResource]?>(nil)
    static let builtin = SchemaCatalog.builtin.kinds.map { APIResource($0) }

    init(_ client: APIClient) { self.client = client }

    /// `pvc`, `StatefulSet`, `statefulsets.apps`, `statefulsets.v1.apps`
    func resource(named name: String) async throws -> APIResource {
        if let found = Self.find(name, in: Self.builtin) { return found }
        if let found = Self.find(name, in: try await everything()) { return found }
        throw CommandFailure("error: the server doesn't have a resource type \"\(name)\"")
    }

    /// The resources of a category such as `all`, else the one of that name.
    func resources(named name: String) async throws -> [APIResource] {
        let members = Self.builtin.filter { $0.categories.contains(name.lowercased()) }
        return members.isEmpty ? [try await resource(named: name)] : members
    }

    /// The resource that a manifest's kind stands for; nil if the server has none.
    func resource(apiVersion: String, kind: String) async throws -> APIResource? {
        func matches(_ resource: APIResource) -> Bool { resource.apiVersion == apiVersion && resource.kind == kind }
        if let found = Self.builtin.first(where: matches) { return found }
        return try await everything().first(where: matches)
    }

    /// All that the server serves.
    func everything() async throws -> [APIResource] {
        if let known = discovered.withLock({ $0 }) { return known }
        let found = try await client.discover()
        discovered.withLock { $0 = found }
        return found
    }

    static func find(_ name: String, in resources: [APIResource]) -> APIResource? {
        let lower = name.lowercased()
        return resources.first { names($0).contains(lower) } ?? resources.first { qualified($0).contains(lower) }
    }

    private static func names(_ resource: APIResource) -> [String] {
        [resource.resource, resource.singular, resource.kind.lowercased()] + resource.shortNames
    }

    private static func qualified(_ resource: APIResource) -> [String] {
        let suffixes = [".\(resource.group)", ".\(resource.version).\(resource.group)", ".\(resource.version)"]
        return names(resource).flatMap { name in suffixes.map { name + $0 } }
    }
}
