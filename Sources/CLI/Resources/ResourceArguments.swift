import Client

/// What a command's arguments name: `TYPE`, `TYPE,TYPE`, `TYPE NAME...`, `TYPE/NAME...`.
enum ResourceArguments: Sendable {
    case kinds([APIResource])
    case objects([(resource: APIResource, name: String)])

    static func resolve(_ arguments: [String], _ resolver: ResourceResolver) async throws -> ResourceArguments {
        guard let first = arguments.first else {
            throw CommandFailure(
                "error: You must specify the type of resource. Use \"berth api-resources\" for a complete list of"
                    + " supported resources.")
        }
        if arguments.contains(where: { $0.contains("/") }) {
            return .objects(try await pairs(arguments, resolver))
        }
        var resources: [APIResource] = []
        for name in first.split(separator: ",").map(String.init) {
            resources += try await resolver.resources(named: name)
        }
        guard arguments.count > 1 else { return .kinds(resources) }
        return .objects(resources.flatMap { resource in arguments.dropFirst().map { (resource, $0) } })
    }

    private static func pairs(_ arguments: [String], _ resolver: ResourceResolver) async throws
        -> [(resource: APIResource, name: String)]
    {
        var objects: [(resource: APIResource, name: String)] = []
        for argument in arguments {
            let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw CommandFailure(
                    parts.count == 1
                        ? "error: there is no need to specify a resource type as a separate argument when passing"
                            + " arguments in resource/name form (e.g. 'berth get resource/<resource_name>' instead of"
                            + " 'berth get resource resource/<resource_name>')"
                        : "error: arguments in resource/name form must have a single resource and name")
            }
            objects.append((try await resolver.resource(named: parts[0]), parts[1]))
        }
        return objects
    }
}

extension APIResource {
    /// `pod/web-0`, `statefulset.apps/web`: how a command names what it did something to.
    func named(_ name: String) -> String { "\(qualifiedSingular)/\(name)" }
}
