import Objects
import Registry
import TestSupport
import Testing

/// `pods/resize`, with the answers that ValidatePodResize of Kubernetes 1.36 gives.
@Suite struct PodResizeTests {
    private static let burstable: JSON = ["requests": ["cpu": "100m", "memory": "64Mi"]]

    private static func pod(_ resources: JSON = burstable, spec: [String: JSON] = [:]) -> JSON {
        var pod: JSON = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": ["containers": [["name": "c", "image": "nginx", "resources": resources]]],
        ]
        for (field, value) in spec { pod.set(["spec", field], value) }
        return pod
    }

    private func resize(
        _ fixture: Fixture, _ patch: JSON, _ kind: PatchKind = .strategic
    ) async throws -> Object {
        try await fixture.registry.patch(
            fixture.key(.pods, "p"), kind, JSONEncoder.encode(patch), subresource: .resize, by: .tester
        ).object
    }

    private func problems(_ pod: JSON, _ patch: JSON, _ kind: PatchKind = .strategic) async throws -> [String] {
        let fixture = try await Fixture.ready()
        try await fixture.make(pod, .pods)
        let status = await fixture.failure { try await resize(fixture, patch, kind) }
        #expect(status == nil || status?.code == 422)
        return (status?.causes ?? []).map { "\($0.field): \($0.message)" }
    }

    private static func container(_ change: [String: JSON]) -> JSON {
        var container: JSON = ["name": "c"]
        for (field, value) in change { container[field] = value }
        return ["spec": ["containers": [container]]]
    }

    @Test(
        arguments: [
            (container(["resources": ["requests": ["cpu": "200m"]]]), []),
            (
                container(["resources": ["requests": ["ephemeral-storage": "1Gi"]]]),
                ["spec: Forbidden: only cpu and memory resources are mutable"]
            ),
            (
                container(["resources": nil]),
                [
                    #"spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing"#,
                    "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
                ]
            ),
            (
                container(["resources": ["requests": ["cpu": nil]]]),
                ["spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"]
            ),
            (
                container(["resizePolicy": [["resourceName": "cpu", "restartPolicy": "RestartContainer"]]]),
                ["spec: Forbidden: only cpu and memory resources are mutable"]
            ),
        ] as [(JSON, [String])])
    func onlyAmountsOfComputingChange(_ patch: JSON, _ expected: [String]) async throws {
        #expect(try await problems(Self.pod(), patch) == expected)
    }

    @Test func containersStayAsTheyAre() async throws {
        let two: JSON = [
            ["name": "a", "image": "x", "resources": Self.burstable], ["name": "b", "image": "x"],
        ]
        let pod = Self.pod(spec: ["containers": two])
        let turned: JSON = ["spec": ["containers": .array((two.array ?? []).reversed())]]
        #expect(
            try await problems(pod, turned, .merge) == [
                "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize",
                "spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize",
            ])
        let fewer: JSON = ["spec": ["containers": .array(Array((two.array ?? []).prefix(1)))]]
        #expect(
            try await problems(pod, fewer, .merge) == [
                "spec.containers: Forbidden: containers may not be added or removed on resize"
            ])
    }

    @Test func initContainersHaveRulesOfTheirOwn() async throws {
        func changed(_ change: JSON) -> JSON { ["spec": ["initContainers": [change]]] }
        func pod(_ more: [String: JSON]) -> JSON {
            var container: JSON = ["name": "i", "image": "x", "resources": ["requests": ["cpu": "10m"]]]
            for (field, value) in more { container[field] = value }
            return Self.pod(spec: ["initContainers": [container]])
        }
        let place = "spec.initContainers[0]"
        let onlyComputing =
            "\(place): Forbidden: only cpu and memory resources for init or sidecar containers are mutable"
        let sidecar = pod(["restartPolicy": "Always"])
        let disk: JSON = ["name": "i", "resources": ["requests": ["ephemeral-storage": "1Gi"]]]
        #expect(try await problems(sidecar, changed(disk)) == [onlyComputing])
        let faster: JSON = ["name": "i", "resources": ["requests": ["cpu": "20m"]]]
        #expect(try await problems(sidecar, changed(faster)) == [])
        #expect(try await problems(pod([:]), changed(faster)) == [])
        let restarting: JSON = [
            "name": "i", "resizePolicy": [["resourceName": "cpu", "restartPolicy": "RestartContainer"]],
        ]
        #expect(
            try await problems(pod([:]), changed(restarting)) == [
                "\(place).resizePolicy[0].restartPolicy: Invalid value: \"RestartContainer\": must not be set to "
                    + "'RestartContainer' for non-sidecar initContainers",
                onlyComputing,
                "\(place): Forbidden: non-sidecar init containers with a resize policy of RestartContainer cannot be "
                    + "resized",
            ])
    }

    @Test func resourcesOfThePodAsAWhole() async throws {
        let whole: JSON = [
            "requests": ["cpu": "1", "memory": "1Gi"], "limits": ["cpu": "2", "memory": "1Gi"],
        ]
        let pod = Self.pod(spec: ["resources": whole])
        let fixture = try await Fixture.ready()
        try await fixture.make(pod, .pods)
        let grown = try await resize(fixture, ["spec": ["resources": ["limits": ["cpu": "3"]]]])
        #expect(grown["spec", "resources", "limits", "cpu"] == "3")
        #expect(grown.generation == 2)
        #expect(
            try await problems(pod, ["spec": ["resources": ["limits": ["cpu": nil]]]]) == [
                "spec.resources.limits: Forbidden: pod-level resource limits cannot be removed"
            ])
        #expect(
            try await problems(pod, ["spec": ["resources": nil]]) == [
                "spec.resources: Forbidden: pod-level resources cannot be removed"
            ])
    }

    @Test func whatCannotBeResizedSaysSo() async throws {
        let faster = Self.container(["resources": ["requests": ["cpu": "200m"]]])
        var mirror = Self.pod(spec: ["nodeName": "n"])
        mirror.set(["metadata", "annotations"], ["kubernetes.io/config.mirror": "x"])
        #expect(try await problems(mirror, faster) == ["[]: Forbidden: static pods cannot be resized"])
        let windows = Self.pod(spec: ["os": ["name": "windows"]])
        #expect(try await problems(windows, faster) == ["[]: Forbidden: windows pods cannot be resized"])
        let claims: JSON = ["requests": ["cpu": "100m"], "claims": [["name": "r"]]]
        let claiming = Self.pod(
            claims, spec: ["resourceClaims": [["name": "r", "resourceClaimName": "x"]]])
        #expect(
            try await problems(claiming, faster) == ["spec: Forbidden: only cpu and memory resources are mutable"])
    }

    @Test(
        arguments: [
            (nil, "200m", "node \"n\" not found", []),
            (["cpu": "2", "memory": "1Gi"], "200m", nil, []),
            (
                ["cpu": "150m", "memory": "1Gi"], "200m",
                "node didn't have enough allocatable resources: cpu, requested: 200, allocatable: 150",
                ["NodeCapacity"]
            ),
        ] as [(JSON?, JSON, String?, [String])])
    func theNodeHasToHaveRoom(
        _ allocatable: JSON?, _ cpu: JSON, _ refusal: String?, _ reasons: [String]
    ) async throws {
        let fixture = try await Fixture.ready()
        if let allocatable {
            let node: JSON = [
                "apiVersion": "v1", "kind": "Node", "metadata": ["name": "n"], "status": ["allocatable": allocatable],
            ]
            try await fixture.make(node, .nodes)
        }
        try await fixture.make(Self.pod(spec: ["nodeName": "n"]), .pods)
        let status = await fixture.failure {
            try await resize(fixture, Self.container(["resources": ["requests": ["cpu": cpu]]]))
        }
        #expect(status?.code == refusal.map { _ in 403 })
        #expect(status?.message == refusal.map { "pods \"p\" is forbidden: \($0)" })
        #expect(status?.causes.map(\.reason) ?? [] == reasons)
    }

    @Test func aRunningContainerWhoseNodeCannotResizeIsRefused() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Self.pod(), .pods)
        _ = try await fixture.registry.update(fixture.key(.pods, "p"), subresource: .status, by: .tester) { old in
            var new = old
            new["status", "containerStatuses"] = [["name": "c", "state": ["running": .object(JSONObject())]]]
            return new
        }
        let status = await fixture.failure {
            try await resize(fixture, Self.container(["resources": ["requests": ["cpu": "200m"]]]))
        }
        #expect(status?.causes.map(\.message) == ["Forbidden: Pod running on node without support for resize"])
    }
}
