import Objects

@testable import Node

/// A pod with containers of these names.
func pod(
    containers: [String] = ["main"], inits: [String] = [], sidecars: [String] = [], policy: String = "Always",
    _ change: (inout Object) -> Void = { _ in }
) -> PodSpec {
    func container(_ name: String, sidecar: Bool = false) -> JSON {
        var json: JSON = ["name": .string(name), "image": "x", "command": ["true"]]
        if sidecar { json["restartPolicy"] = "Always" }
        return json
    }
    var object = Object([
        "kind": "Pod", "apiVersion": "v1",
        "metadata": ["name": "web-0", "namespace": "default", "uid": "u-1", "resourceVersion": "5"],
        "spec": ["restartPolicy": .string(policy), "terminationGracePeriodSeconds": 30],
    ])
    object["spec", "containers"] = .array(containers.map { container($0) })
    object["spec", "initContainers"] = .array(
        inits.map { container($0) } + sidecars.map { container($0, sidecar: true) })
    change(&object)
    return PodSpec(object)
}

let noon = WallTime("2026-01-01T12:00:00Z") ?? WallTime(nanoseconds: 0)

/// A pod whose sandbox is up.
func upPod(_ spec: PodSpec) -> PodState {
    var state = PodState(pod: spec, startTime: noon)
    state.setUp = .done(addresses: ["10.89.0.2"])
    state.addresses = ["10.89.0.2"]
    return state
}

func exit(_ code: Int32, after seconds: Double = 1) -> ContainerExit {
    ContainerExit(
        code: code, finishedAt: noon.adding(seconds), startedAt: noon, reason: code == 0 ? "Completed" : "Error")
}
