import Client
import Objects

/// Finds the pod that `exec`, `attach` and `logs` mean, and its container.
struct PodFinder {
    var berth: Connection
    var namespace: String

    /// `web-0`, `pod/web-0`, or `sts/web`, which stands for one of its pods.
    func pod(_ argument: String) async throws -> Object {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let resource = parts.count == 2 ? try await berth.resolver.resource(named: parts[0]) : nil
        guard let name = parts.last, !name.isEmpty, parts.count <= 2 else {
            throw CommandFailure("error: \(argument): a pod is named NAME, pod/NAME or TYPE/NAME")
        }
        guard let resource, resource.resource != "pods" else {
            return try await berth.client.get(ObjectKey(.pods, namespace: namespace, name: name))
        }
        let pods = try await pods(of: resource, name)
        guard let first = pods.min(by: { $0.name < $1.name }) else {
            throw CommandFailure("error: \(resource.named(name)) has no pods")
        }
        if pods.count > 1 { Console.error("Found \(pods.count) pods, using pod/\(first.name)") }
        return first
    }

    func pods(selector: String) async throws -> [Object] {
        try await berth.client.list(.pods, namespace: namespace, query: ListQuery(labelSelector: selector)).items
    }

    private func pods(of resource: APIResource, _ name: String) async throws -> [Object] {
        let owner = try await berth.client.get(resource, namespace: namespace, name: name)
        let labels = DescribePod.stringMap(owner["spec", "selector", "matchLabels"] ?? owner["spec", "selector"])
        guard !labels.isEmpty else { throw CommandFailure("error: \(resource.named(name)) does not select pods") }
        return try await pods(selector: LabelText.list(labels))
    }

    /// The container asked for, the one that the pod's annotation names, or the first.
    static func container(_ pod: Object, asked: String?) throws -> String {
        let containers = names(pod)
        if let asked {
            guard containers.contains(asked) else {
                throw CommandFailure(
                    "error: container \(asked) is not valid for pod \(pod.name) out of: \(containers.joined(separator: ", "))"
                )
            }
            return asked
        }
        let preferred = pod.annotation("kubectl.kubernetes.io/default-container").flatMap {
            containers.contains($0) ? $0 : nil
        }
        guard let chosen = preferred ?? containers.first else {
            throw CommandFailure("error: pod \(pod.name) has no containers")
        }
        if containers.count > 1, preferred == nil {
            Console.error("Defaulted container \"\(chosen)\" out of: \(containers.joined(separator: ", "))")
        }
        return chosen
    }

    /// Containers first, then those that run before them.
    static func names(_ pod: Object) -> [String] {
        ["containers", "initContainers", "ephemeralContainers"].flatMap { field in
            (pod["spec", field]?.array ?? []).compactMap { $0["name"]?.string }
        }
    }
}
