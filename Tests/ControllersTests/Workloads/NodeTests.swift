import Objects
import Registry
import Testing

@testable import Controllers

/// What happens to pods when there is a Node, and when it goes or comes back.
@Suite struct NodeTests {
    private func node(boot: String = "first", cpu: String = "2") -> Object {
        Object([
            "apiVersion": "v1", "kind": "Node", "metadata": ["name": "machine"],
            "status": [
                "allocatable": ["cpu": .string(cpu), "memory": "4Gi", "pods": "110"],
                "nodeInfo": ["bootID": .string(boot)],
            ],
        ])
    }

    private func addNode(_ cluster: ControllerHarness, boot: String = "first", cpu: String = "2") async throws {
        let node = node(boot: boot, cpu: cpu)
        try await cluster.create(node, .nodes)
        try await setBoot(cluster, node)
    }

    private func setBoot(_ cluster: ControllerHarness, _ node: Object) async throws {
        let key = ObjectKey(.nodes, name: "machine")
        _ = try await cluster.registry.update(key, subresource: .status, by: cluster.user) { current throws(Status) in
            var current = current
            current["status"] = node["status"]
            return current
        }
    }

    @Test func bindsNothingWithoutANode() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 1, claims: false), .statefulSets)
        #expect(await cluster.wait { SetStatus(cluster.find(.statefulSets, "web")?["status"]).replicas == 1 })
        #expect(cluster.find(.pods, "web-0")?["status", "conditions"] == nil)
        try await addNode(cluster)
        #expect(await cluster.wait { cluster.find(.pods, "web-0")?["spec", "nodeName"]?.string == "machine" })
        #expect(cluster.find(.pods, "web-0")?.condition("PodScheduled")?["status"] == "True")
        await cluster.stop()
    }

    @Test func saysWhyAPodDoesNotFit() async throws {
        let cluster = try await ControllerHarness()
        try await addNode(cluster, cpu: "1")
        var set = Fixtures.set(replicas: 1, claims: false)
        set["spec", "template", "spec", "containers"] = [
            [
                "name": "nginx", "image": "nginx", "resources": ["requests": ["cpu": "1500m"]],
            ]
        ]
        try await cluster.create(set, .statefulSets)
        let expected =
            "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: "
            + "1 Preemption is not helpful for scheduling."
        #expect(
            await cluster.wait {
                cluster.find(.pods, "web-0")?.condition("PodScheduled")?["message"]?.string == expected
            })
        #expect(cluster.find(.pods, "web-0")?.condition("PodScheduled")?["reason"] == "Unschedulable")
        await cluster.stop()
    }

    /// The wait that an earlier pod of the same name began must not end this one early.
    @Test func leavesAYoungPodOfAnUnknownNodeAlone() async throws {
        let cluster = try await ControllerHarness()
        var pod = PodTemplate.pod(
            SetSpec(Fixtures.set(replicas: 1, claims: false)),
            template: ["spec": ["containers": [["name": "c", "image": "i"]]]], revision: "r", ordinal: 0)
        pod["spec", "nodeName"] = "nowhere"
        pod.setOwnerReferences([])
        try await cluster.create(pod, .pods)
        let lifecycle = PodLifecycleController(SharedInformers(cluster.registry))
        let outcome = await lifecycle.sync(ObjectKey(.pods, namespace: "case", name: "web-0"))
        guard case .again(let rest) = outcome else {
            Issue.record("ended at once")
            return
        }
        #expect(rest > .zero && rest <= .seconds(40))
        #expect(cluster.find(.pods, "web-0")?["status", "phase"] == "Pending")
        await cluster.stop()
    }

    @Test func replacesWhatRanBeforeAReboot() async throws {
        let cluster = try await ControllerHarness()
        try await addNode(cluster)
        try await cluster.create(Fixtures.set(replicas: 1, claims: false), .statefulSets)
        #expect(await cluster.wait { cluster.find(.pods, "web-0")?["spec", "nodeName"]?.string == "machine" })
        let before = cluster.find(.pods, "web-0")?.uid
        try await cluster.setReady("web-0")
        try await setBoot(cluster, node(boot: "second"))
        #expect(
            await cluster.wait {
                let pod = cluster.find(.pods, "web-0")
                return pod.map { $0.uid != before && $0.annotation(BootRecord.annotation) == "second" } ?? false
            })
        await cluster.stop()
    }

    @Test func replacesThePodsOfANodeThatIsGone() async throws {
        let cluster = try await ControllerHarness()
        try await addNode(cluster)
        try await cluster.create(Fixtures.set(replicas: 1, claims: false), .statefulSets)
        #expect(await cluster.wait { cluster.find(.pods, "web-0")?["spec", "nodeName"]?.string == "machine" })
        let before = cluster.find(.pods, "web-0")?.uid
        try await cluster.setReady("web-0")
        _ = try await cluster.registry.delete(ObjectKey(.nodes, name: "machine"), by: cluster.user)
        #expect(await cluster.wait { cluster.find(.pods, "web-0").map { $0.uid != before } ?? false })
        await cluster.stop()
    }

    @Test func choosesTheNodeForClaimsThatWaitForIt() async throws {
        let cluster = try await ControllerHarness()
        try await addNode(cluster)
        var set = Fixtures.set(replicas: 1)
        set["spec", "volumeClaimTemplates"] = [
            [
                "metadata": ["name": "www"],
                "spec": [
                    "accessModes": ["ReadWriteOnce"], "storageClassName": "berth-local-wait",
                    "resources": ["requests": ["storage": "1Gi"]],
                ],
            ]
        ]
        try await cluster.create(set, .statefulSets)
        #expect(
            await cluster.wait(for: [.persistentVolumeClaims]) {
                cluster.find(.persistentVolumeClaims, "www-web-0")?.annotation(VolumeAnnotation.selectedNode)
                    == "machine"
            })
        #expect(cluster.find(.pods, "web-0")?["spec", "nodeName"] == nil)
        await cluster.stop()
    }
}
