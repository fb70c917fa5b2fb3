import ArgumentParser
import Client
import Objects

struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait until something holds of objects.",
        discussion: """
            berth wait --for=condition=Ready pod/web-0
            berth wait --for=jsonpath='{.status.phase}'=Bound pvc/pv-claim --timeout=60s
            berth wait --for=delete pod/web-0
            """)

    @Argument(help: "TYPE/NAME..., TYPE NAME..., or TYPE with -l or --all.")
    var resources: [String] = []

    @Option(name: .customLong("for"), help: "condition=NAME[=VALUE], jsonpath={PATH}[=VALUE], create or delete.")
    var condition: WaitCondition

    @Option(help: "How long; 0: look once; negative: a week.")
    var timeout = GoDuration(seconds: 30)

    @Flag(help: "All objects of the types.")
    var all = false

    @OptionGroup var selectors: SelectorOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let berth = connection.connect()
        let seconds = timeout.seconds < 0 ? 7 * 86400 : max(timeout.seconds, 0.05)
        let deadline = ContinuousClock.now + .seconds(seconds)
        let objects = try await objects(berth)
        guard !objects.isEmpty else {
            throw CommandFailure("error: no matching resources found")
        }
        var failures = Failures()
        for (resource, name) in objects {
            try await failures.collect { try await wait(resource, name, berth.client, deadline) }
        }
        try failures.finish()
    }

    private func objects(_ berth: Connection) async throws -> [(resource: APIResource, name: String)] {
        switch try await ResourceArguments.resolve(resources, berth.resolver) {
        case .objects(let objects): return objects
        case .kinds(let kinds):
            guard all || selectors.selector != nil || selectors.fieldSelector != nil else {
                throw CommandFailure("error: resource(s) were provided, but no name was specified")
            }
            var objects: [(resource: APIResource, name: String)] = []
            for kind in kinds {
                let list = try await berth.client.list(kind, namespace: namespace.effective, query: selectors.query())
                objects += list.items.map { (kind, $0.name) }
            }
            return objects
        }
    }

    private func wait(
        _ resource: APIResource, _ name: String, _ client: APIClient, _ deadline: ContinuousClock.Instant
    ) async throws {
        let space = resource.namespaced ? namespace.effective : ""
        do {
            // As kubectl: what is not there now is an error, not something to wait for.
            if condition != .created { _ = try await client.get(resource, namespace: space, name: name) }
        } catch let status as Status where status.code == 404 && condition == .deleted {
            return
        }
        let condition = condition
        let waiter = ObjectWaiter(client: client, resource: resource, namespace: space, name: name, deadline: deadline)
        guard try await waiter.wait({ condition.holds($0) }) else {
            throw CommandFailure("error: timed out waiting for the condition on \(resource.resource)/\(name)")
        }
        Console.line("\(resource.named(name)) condition met")
    }
}

/// What `wait` waits for.
enum WaitCondition: ExpressibleByArgument, Sendable, Hashable {
    case created
    case deleted
    case status(type: String, value: String)
    /// Without a value: anything at all.
    case path(JSONPath, value: String?)

    init?(argument: String) {
        let lower = argument.lowercased()
        if lower == "delete" {
            self = .deleted
        } else if lower == "create" {
            self = .created
        } else if lower.hasPrefix("condition=") {
            let parts = argument.dropFirst("condition=".count).split(separator: "=", maxSplits: 1).map(String.init)
            guard let type = parts.first else { return nil }
            self = .status(type: type, value: parts.count > 1 ? parts[1] : "true")
        } else if lower.hasPrefix("jsonpath=") {
            let text = String(argument.dropFirst("jsonpath=".count))
            // The value follows the braces; without braces, the first `=`.
            let split =
                text.lastIndex(of: "}").map { text.index(after: $0) } ?? text.firstIndex(of: "=") ?? text.endIndex
            guard let path = try? JSONPath(relaxed: String(text[..<split])) else { return nil }
            let rest = text[split...]
            guard rest.isEmpty || rest.hasPrefix("=") else { return nil }
            self = .path(path, value: rest.isEmpty ? nil : String(rest.dropFirst()))
        } else {
            return nil
        }
    }

    func holds(_ object: Object?) -> Bool {
        switch self {
        case .deleted: return object == nil
        case .created: return object != nil
        case .status(let type, let value):
            guard let object else { return false }
            return Self.condition(object, type).map { $0.lowercased() == value.lowercased() } ?? false
        case .path(let path, let value):
            guard let object, let found = path.values(object.json).first else { return false }
            return value.map { JSONPath.display(found) == $0 } ?? true
        }
    }

    /// The condition's value, unless it speaks of an older generation.
    private static func condition(_ object: Object, _ type: String) -> String? {
        let conditions = object["status", "conditions"]?.array ?? []
        guard let found = conditions.first(where: { $0["type"]?.string?.lowercased() == type.lowercased() }) else {
            return nil
        }
        let observed = found["observedGeneration"]?.integer ?? object["status", "observedGeneration"]?.integer
        if let observed, observed < object.generation { return nil }
        return found["status"]?.string
    }
}
