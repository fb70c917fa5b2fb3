import ArgumentParser
import Client
import Objects

struct RolloutUnstick: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unstick", abstract: "Replace pods that hold up a rollout.",
        discussion: """
            berth rollout unstick sts/web

            A pod of a broken template never becomes ready, and a StatefulSet that starts its pods in order waits for
            it, even when a newer template mends it. This deletes the pods that are not ready and do not have the newest
            template; the set makes them anew. The annotation \(SetAnnotation.unstickRollout)=true on a StatefulSet
            makes it do so by itself.
            """)

    @OptionGroup var target: RolloutTarget
    @OptionGroup var dryRun: DryRunOptions

    func run() async throws {
        let berth = target.connection.connect()
        var failures = Failures()
        for (resource, set) in try await target.objects(berth) {
            guard set.kind == "StatefulSet" else {
                throw CommandFailure("error: \(resource.named(set.name)): only a StatefulSet's rollout can be stuck so")
            }
            try await failures.collect { try await unstick(resource, set, berth.client) }
        }
        try failures.finish()
    }

    private func unstick(_ resource: APIResource, _ set: Object, _ client: APIClient) async throws {
        let selector = LabelText.list(DescribeStatefulSet.matchLabels(set))
        let pods = try await client.list(.pods, namespace: set.namespace, query: ListQuery(labelSelector: selector))
        let stuck = try Self.stuck(pods.items, of: set)
        if stuck.isEmpty { return Console.line("\(resource.named(set.name)): no pod holds up the rollout") }
        for pod in stuck {
            if dryRun.mode != .client {
                _ = try await client.delete(
                    try APIResource(.pods), namespace: pod.namespace, name: pod.name,
                    options: DeletionOptions(uid: pod.uid, dryRun: dryRun.mode == .server))
            }
            Console.line("pod/\(pod.name) replaced\(dryRun.mode.suffix)")
        }
    }

    /// Not ready, not going, and not of the newest template; below the partition pods keep the template that they have.
    static func stuck(_ pods: [Object], of set: Object) throws -> [Object] {
        guard set.generation == set["status", "observedGeneration"]?.integer,
            let update = set.text("status", "updateRevision")
        else {
            throw CommandFailure("error: the newest template of \(set.name) was not observed yet; try again")
        }
        let start = set["spec", "ordinals", "start"]?.integer ?? 0
        let first = start + (set["spec", "updateStrategy", "rollingUpdate", "partition"]?.integer ?? 0)
        return pods.filter { pod in
            let ordinal = pod.name.split(separator: "-").last.flatMap { Int64($0) }
            let conditions = pod["status", "conditions"]?.array ?? []
            let isReady = conditions.contains { $0["type"] == "Ready" && $0["status"] == "True" }
            return pod.controller == "StatefulSet/\(set.name)" && !pod.isBeingDeleted && !isReady
                && ordinal.map { $0 >= first } ?? false && pod.label("controller-revision-hash") != update
        }.sorted { $0.name < $1.name }
    }
}
