import ArgumentParser
import Client
import Objects

/// The revisions of a StatefulSet's template, oldest first.
struct RevisionHistory {
    var revisions: [Object]

    static func fetch(_ set: Object, _ client: APIClient) async throws -> RevisionHistory {
        guard set.kind == "StatefulSet" else {
            throw CommandFailure("error: no history viewer has been implemented for \(set.kind)")
        }
        let selector = LabelText.list(DescribeStatefulSet.matchLabels(set))
        let all = try await client.list(
            .controllerRevisions, namespace: set.namespace, query: ListQuery(labelSelector: selector))
        let owned = all.items.filter { $0.controller == "StatefulSet/\(set.name)" }
        return RevisionHistory(revisions: owned.sorted { number($0) < number($1) })
    }

    static func number(_ revision: Object) -> Int64 { revision["revision"]?.integer ?? 0 }

    func revision(_ number: Int64) throws -> Object {
        guard let found = revisions.first(where: { Self.number($0) == number }) else {
            throw CommandFailure("error: unable to find the specified revision")
        }
        return found
    }
}

struct RolloutHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The revisions of the template.",
        discussion: "berth rollout history sts/web --revision=2")

    @OptionGroup var target: RolloutTarget

    @Option(help: "Show this revision's template.")
    var revision: Int64?

    func run() async throws {
        let berth = target.connection.connect()
        for (resource, object) in try await target.objects(berth) {
            let history = try await RevisionHistory.fetch(object, berth.client)
            if let revision {
                Console.line("\(resource.named(object.name)) with revision #\(revision)")
                let template = try history.revision(revision)["data", "spec", "template"] ?? .object(JSONObject())
                var text = DescribeText()
                DescribeStatefulSet.template(Object(template), to: &text)
                Console.out(text.aligned)
            } else {
                Console.line("\(resource.named(object.name)) ")
                let rows = history.revisions.map {
                    let cause = Terminal.escaped($0.annotation("kubernetes.io/change-cause") ?? "<none>")
                    return "\(RevisionHistory.number($0))\t\(cause)\n"
                }
                Console.line(ElasticTabs.align("REVISION\tCHANGE-CAUSE\n" + rows.joined()))
            }
        }
    }
}

struct RolloutUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Go back to an earlier template.",
        discussion: "berth rollout undo sts/web --to-revision=1")

    @OptionGroup var target: RolloutTarget
    @OptionGroup var dryRun: DryRunOptions

    @Option(name: .customLong("to-revision"), help: "Which one; 0: the one before the newest.")
    var toRevision: Int64 = 0

    func run() async throws {
        let berth = target.connection.connect()
        var failures = Failures()
        for (resource, object) in try await target.objects(berth) {
            try await failures.collect { try await undo(resource, object, berth.client) }
        }
        try failures.finish()
    }

    private func undo(_ resource: APIResource, _ set: Object, _ client: APIClient) async throws {
        let history = try await RevisionHistory.fetch(set, client)
        let goal: Object
        if toRevision > 0 {
            goal = try history.revision(toRevision)
        } else {
            guard history.revisions.count > 1 else { throw CommandFailure("error: no last revision to roll back to") }
            goal = history.revisions[history.revisions.count - 2]
        }
        if goal.name == set.text("status", "updateRevision"),
            set.generation == set["status", "observedGeneration"]?.integer
        {
            let number = RevisionHistory.number(goal)
            return Console.line(
                "\(resource.named(set.name)) skipped rollback (current template already matches revision \(number))")
        }
        if dryRun.mode != .client {
            _ = try await client.patch(
                resource, namespace: set.namespace, name: set.name, type: .strategic,
                patch: goal["data"] ?? .object(JSONObject()),
                query: WriteQuery(fieldManager: "kubectl-rollout", dryRun: dryRun.mode == .server))
        }
        Console.line("\(resource.named(set.name)) rolled back\(dryRun.mode.suffix)")
    }
}
