import ArgumentParser
import Client
import Objects

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare an object at two revisions.",
        discussion: """
            berth diff sts/web --revision=120..180
            berth diff sts/web --revision=120          from revision 120 to now
            berth history sts/web                      lists the revisions

            Exit status: 0 no difference, 1 differences, above 1 an error.
            """)

    @OptionGroup var target: RolloutTarget

    @Option(help: "A..B, or A for A and now.")
    var revision: RevisionRange

    @Flag(name: .customLong("show-managed-fields"), help: "Compare metadata.managedFields, too.")
    var showManagedFields = false

    func run() async throws {
        let berth = target.connection.connect()
        guard case .objects(let named) = try await ResourceArguments.resolve(target.resources, berth.resolver) else {
            throw CommandFailure("error: required resource not specified (TYPE/NAME)", exitCode: 3)
        }
        var differs = false
        for (resource, name) in named {
            let old = try await text(resource, name, revision.first, berth.client)
            let new = try await text(resource, name, revision.last, berth.client)
            let title = resource.named(name)
            let diff = LineDiff.unified(
                old, new, from: "\(title)@\(revision.first)", to: "\(title)@\(revision.last.map(String.init) ?? "now")")
            if !diff.isEmpty { differs = true }
            Console.out(diff)
        }
        if differs { throw CommandFailure("", exitCode: 1) }
    }

    /// Empty where the object did not exist.
    private func text(
        _ resource: APIResource, _ name: String, _ revision: Int64?, _ client: APIClient
    ) async throws -> String {
        let namespace = target.namespace.effective
        let (changes, oldest) = try await client.history(
            resource, namespace: namespace, name: name, through: revision, limit: 1)
        if let revision, revision < oldest {
            throw CommandFailure("error: revision \(revision) is compacted: the oldest is \(oldest)", exitCode: 3)
        }
        guard var object = changes.first?.object else { return "" }
        object["metadata", "resourceVersion"] = nil
        if !showManagedFields { object["metadata", "managedFields"] = nil }
        return YAMLWriter.text(object.json)
    }
}

/// `120..180`, `120..`, `120`
struct RevisionRange: ExpressibleByArgument {
    var first: Int64
    /// nil: now.
    var last: Int64?

    init?(argument: String) {
        guard let dots = argument.firstRange(of: "..") else {
            guard let first = Int64(argument), first > 0 else { return nil }
            (self.first, last) = (first, nil)
            return
        }
        let (left, right) = (argument[..<dots.lowerBound], argument[dots.upperBound...])
        guard let first = Int64(left), first > 0 else { return nil }
        self.first = first
        if !right.isEmpty {
            guard let last = Int64(right), last > 0 else { return nil }
            self.last = last
        }
    }
}
