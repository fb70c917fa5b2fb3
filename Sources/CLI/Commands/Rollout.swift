import ArgumentParser
import Client
import Objects

struct Rollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow and steer the rollout of a StatefulSet's template.",
        subcommands: [
            RolloutStatus.self, RolloutRestart.self, RolloutHistory.self, RolloutUndo.self, RolloutUnstick.self,
        ])
}

/// The objects of a rollout command.
struct RolloutTarget: ParsableArguments {
    @Argument(help: "TYPE NAME or TYPE/NAME.")
    var resources: [String] = []

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions

    func objects(_ berth: Connection) async throws -> [(resource: APIResource, object: Object)] {
        guard case .objects(let named) = try await ResourceArguments.resolve(resources, berth.resolver) else {
            throw CommandFailure("error: required resource not specified (TYPE/NAME)")
        }
        var objects: [(resource: APIResource, object: Object)] = []
        for (resource, name) in named {
            objects.append((resource, try await berth.client.get(resource, namespace: namespace.effective, name: name)))
        }
        return objects
    }
}

struct RolloutStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Wait until a rollout is complete.",
        discussion: "berth rollout status sts/web --timeout=2m")

    @OptionGroup var target: RolloutTarget

    @Option(name: .shortAndLong, help: "Whether to wait.")
    var watch = true

    @Option(help: "How long to wait; 0 for ever.")
    var timeout = GoDuration(seconds: 0)

    func run() async throws {
        let berth = target.connection.connect()
        let deadline = timeout.seconds > 0 ? ContinuousClock.now + .seconds(timeout.seconds) : nil
        for (resource, object) in try await target.objects(berth) {
            try await report(resource, object, berth.client, deadline)
        }
    }

    private func report(
        _ resource: APIResource, _ object: Object, _ client: APIClient, _ deadline: ContinuousClock.Instant?
    ) async throws {
        let first = try RolloutProgress(object)
        guard watch else { return Console.out(first.message) }
        let waiter = ObjectWaiter(
            client: client, resource: resource, namespace: object.namespace, name: object.name, deadline: deadline)
        let last = LockedText()
        let done = try await waiter.wait { object in
            guard let object else { throw CommandFailure("error: object has been deleted") }
            let progress = try RolloutProgress(object)
            if last.replace(progress.message) { Console.out(progress.message) }
            return progress.isDone
        }
        guard done else { throw CommandFailure("error: timed out waiting for the condition") }
    }
}

/// How far a rollout is, in kubectl's words; pure.
struct RolloutProgress: Hashable {
    var message: String
    var isDone: Bool

    init(_ set: Object) throws {
        guard set.kind == "StatefulSet" else {
            throw CommandFailure("error: no status viewer has been implemented for \(set.kind)")
        }
        guard set.text("spec", "updateStrategy", "type") == "RollingUpdate" else {
            throw CommandFailure("error: rollout status is only available for RollingUpdate strategy type")
        }
        func count(_ path: String...) -> Int64 { set.json.at(path)?.integer ?? 0 }
        let wanted = set["spec", "replicas"]?.integer ?? 1
        let observed = count("status", "observedGeneration")
        let (ready, updated) = (count("status", "readyReplicas"), count("status", "updatedReplicas"))
        let revision = set.text("status", "updateRevision") ?? ""
        isDone = false
        if observed == 0 || set.generation > observed {
            message = "Waiting for statefulset spec update to be observed...\n"
        } else if ready < wanted {
            message = "Waiting for \(wanted - ready) pods to be ready...\n"
        } else if let partition = set["spec", "updateStrategy", "rollingUpdate", "partition"]?.integer, partition > 0 {
            isDone = updated >= wanted - partition
            message =
                isDone
                ? "partitioned roll out complete: \(updated) new pods have been updated...\n"
                : "Waiting for partitioned roll out to finish: \(updated) out of \(wanted - partition) new pods have been updated...\n"
        } else if revision != set.text("status", "currentRevision") ?? "" {
            message = "waiting for statefulset rolling update to complete \(updated) pods at revision \(revision)...\n"
        } else {
            isDone = true
            message =
                "statefulset rolling update complete \(count("status", "currentReplicas")) pods at revision \(revision)...\n"
        }
    }
}

struct RolloutRestart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace all pods, one after the other.",
        discussion: "berth rollout restart sts/web")

    @OptionGroup var target: RolloutTarget

    func run() async throws {
        let berth = target.connection.connect()
        var failures = Failures()
        for (resource, object) in try await target.objects(berth) {
            try await failures.collect {
                var patch: JSON = [:]
                patch.set(
                    ["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"],
                    .string(Age.rfc3339(Clock.now)))
                _ = try await berth.client.patch(
                    resource, namespace: object.namespace, name: object.name, type: .merge, patch: patch,
                    query: WriteQuery(fieldManager: "kubectl-rollout"))
                Console.line("\(resource.named(object.name)) restarted")
            }
        }
        try failures.finish()
    }
}
