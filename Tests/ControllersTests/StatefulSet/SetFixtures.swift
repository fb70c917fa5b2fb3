import Objects

@testable import Controllers

/// Sets and pods as the API would have defaulted them.
enum Fixtures {
    static func set(
        replicas: Int, parallel: Bool = false, retention: ClaimRetention = ClaimRetention(), claims: Bool = true,
        strategy: JSON = ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]], minReadySeconds: Int = 0,
        start: Int = 0, image: String = "nginx:1.9.1"
    ) -> Object {
        var set = Object([
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": ["name": "web", "namespace": "case", "uid": "set-uid", "generation": 1],
            "spec": [
                "replicas": .integer(Int64(replicas)), "serviceName": "nginx", "revisionHistoryLimit": 10,
                "podManagementPolicy": parallel ? "Parallel" : "OrderedReady",
                "selector": ["matchLabels": ["app": "nginx"]],
                "persistentVolumeClaimRetentionPolicy": [
                    "whenDeleted": retention.deletesWithSet ? "Delete" : "Retain",
                    "whenScaled": retention.deletesWhenScaled ? "Delete" : "Retain",
                ],
                "updateStrategy": strategy,
                "minReadySeconds": .integer(Int64(minReadySeconds)),
                "template": [
                    "metadata": ["labels": ["app": "nginx"]],
                    "spec": ["containers": [["name": "nginx", "image": .string(image)]]],
                ],
                "volumeClaimTemplates": claims
                    ? [
                        [
                            "metadata": ["name": "www"],
                            "spec": [
                                "accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]],
                            ],
                        ]
                    ] : [],
            ],
        ])
        if start != 0 { set["spec", "ordinals"] = ["start": .integer(Int64(start))] }
        return set
    }

    static func setImage(_ image: String, of set: inout Object) {
        set["spec", "template", "spec", "containers"] = [["name": "nginx", "image": .string(image)]]
        set.generation += 1
    }

    static func setReplicas(_ replicas: Int, of set: inout Object) {
        set["spec", "replicas"] = .integer(Int64(replicas))
        set.generation += 1
    }
}

/// Every combination that upstream's own tests run a scenario in.
struct Mode: Sendable {
    var parallel: Bool
    var retention: ClaimRetention

    static let all: [Mode] = [false, true].flatMap { parallel in
        [(false, false), (false, true), (true, false), (true, true)].map { withSet, whenScaled in
            Mode(
                parallel: parallel,
                retention: ClaimRetention(deletesWithSet: withSet, deletesWhenScaled: whenScaled))
        }
    }
}
