import Client
import Logging
import Objects

/// The Node object of this machine: made once, its status written when something changed, no heartbeats.
struct NodeRegistration {
    var name: String
    var facts: MachineFacts
    var podCIDR: String

    func object(now: WallTime) -> Object {
        Object([
            "kind": "Node", "apiVersion": "v1",
            "metadata": [
                "name": .string(name),
                "labels": [
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": .string(facts.architecture),
                ],
            ],
            "spec": ["podCIDR": .string(podCIDR), "podCIDRs": [.string(podCIDR)]],
            "status": status(now: now),
        ])
    }

    private func status(now: WallTime) -> JSON {
        let resources: JSON = [
            "cpu": .string(String(facts.processors)), "memory": .string("\(facts.memory / 1024)Ki"), "pods": "110",
        ]
        return [
            "capacity": resources, "allocatable": resources,
            "addresses": [
                ["type": "InternalIP", "address": .string(facts.address)],
                ["type": "Hostname", "address": .string(name)],
            ],
            "conditions": .array(conditions(now: now)), "nodeInfo": nodeInfo,
        ]
    }

    private func conditions(now: WallTime) -> [JSON] {
        let all: [(String, String, String, String)] = [
            ("MemoryPressure", "False", "KubeletHasSufficientMemory", "berth-node does not watch memory"),
            ("DiskPressure", "False", "KubeletHasNoDiskPressure", "berth-node does not watch disks"),
            ("PIDPressure", "False", "KubeletHasSufficientPID", "berth-node does not watch process ids"),
            ("Ready", "True", "KubeletReady", "berth-node is posting ready status"),
        ]
        return all.map { type, status, reason, message in
            [
                "type": .string(type), "status": .string(status), "reason": .string(reason),
                "message": .string(message), "lastHeartbeatTime": .string(now.description),
                "lastTransitionTime": .string(now.description),
            ]
        }
    }

    private var nodeInfo: JSON {
        [
            "machineID": .string(facts.machineID), "systemUUID": .string(facts.systemUUID),
            "bootID": .string(facts.bootID), "kernelVersion": .string(facts.kernel),
            "osImage": .string(facts.osImage), "containerRuntimeVersion": "process://0.1.0",
            "kubeletVersion": "v1.36.0-berth", "kubeProxyVersion": "", "operatingSystem": "linux",
            "architecture": .string(facts.architecture),
        ]
    }

    /// The status to write, nil when what is there says the same. Times do not count, and a condition that did not
    /// change keeps its own.
    func change(to old: Object, now: WallTime) -> JSON? {
        var new = status(now: now)
        let before = old["status", "conditions"]?.array ?? []
        let merged = (new["conditions"]?.array ?? []).map { condition -> JSON in
            let same = before.first { $0["type"] == condition["type"] && $0["status"] == condition["status"] }
            return same.map { $0["message"] == condition["message"] ? $0 : condition } ?? condition
        }
        let foreign = before.filter { other in !merged.contains { $0["type"] == other["type"] } }
        new["conditions"] = .array(merged + foreign)
        let changed = (new.object ?? JSONObject()).filter {
            old["status", $0.key]?.withoutNulls != $0.value.withoutNulls
        }
        return changed.isEmpty ? nil : ["status": .object(JSONObject(changed))]
    }

    /// Makes or updates the object, trying for as long as the API is away.
    func register(_ client: APIClient, _ log: Logger) async throws -> Object {
        var failures = 0
        while true {
            do {
                return try await registerOnce(client)
            } catch let error where !(error is CancellationError) {
                failures += 1
                if failures == 1 || failures % 60 == 0 {
                    log.warning("node not registered, trying on", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .milliseconds(min(50 << min(failures, 5), 1000)))
            }
        }
    }

    private func registerOnce(_ client: APIClient) async throws -> Object {
        let key = ObjectKey(.nodes, namespace: "", name: name)
        let now = WallTime.now()
        var node: Object
        do {
            node = try await client.get(key)
        } catch let status as Status where status.code == 404 {
            node = try await client.create(object(now: now), in: .nodes)
        }
        guard let change = change(to: node, now: now) else { return node }
        return try await client.patch(key, subresource: "status", patch: change)
    }
}
