import Objects
import Registry
import Testing

@testable import Controllers

/// The controller as it runs in the daemon, on a registry in memory.
@Suite struct StatefulSetControllerTests {
    @Test func makesOnePodAfterTheOther() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 2), .statefulSets)
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0"] })
        #expect(cluster.names(.persistentVolumeClaims) == ["www-web-0"])
        try await cluster.setReady("web-0")
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0", "web-1"] })
        try await cluster.setReady("web-1")
        #expect(
            await cluster.wait {
                let status = SetStatus(cluster.find(.statefulSets, "web")?["status"])
                return status.readyReplicas == 2 && status.availableReplicas == 2 && status.currentReplicas == 2
            })
        #expect(cluster.names(.controllerRevisions).count == 1)
        await cluster.stop()
    }

    @Test func bringsADeletedPodBackWithItsClaim() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 1), .statefulSets)
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0"] })
        let claim = cluster.find(.persistentVolumeClaims, "www-web-0")?.uid
        let pod = cluster.find(.pods, "web-0")?.uid
        try await cluster.delete(.pods, "web-0", DeleteOptions(gracePeriodSeconds: 0))
        #expect(await cluster.wait { cluster.find(.pods, "web-0").map { $0.uid != pod } ?? false })
        #expect(cluster.find(.persistentVolumeClaims, "www-web-0")?.uid == claim)
        await cluster.stop()
    }

    @Test func makesAndRemovesManyInParallel() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 100, parallel: true), .statefulSets)
        #expect(await cluster.wait { SetStatus(cluster.find(.statefulSets, "web")?["status"]).replicas == 100 })
        #expect(cluster.names(.persistentVolumeClaims).count == 100)
        try await cluster.change(.statefulSets, "web") { Fixtures.setReplicas(3, of: &$0) }
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0", "web-1", "web-2"] })
        #expect(cluster.names(.persistentVolumeClaims).count == 100)
        await cluster.stop()
    }

    /// As upstream: the pods behind one that cannot be made wait for it, those before it and beside it do not.
    @Test func aForeignPodHoldsUpThoseBehindIt() async throws {
        let cluster = try await ControllerHarness()
        let foreign = Object([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web-1", "namespace": "case"],
            "spec": ["containers": [["name": "c", "image": "x"]]],
        ])
        try await cluster.create(foreign, .pods)
        try await cluster.create(Fixtures.set(replicas: 5, parallel: true), .statefulSets)
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0", "web-1", "web-2"] })
        #expect(await cluster.wait { SetStatus(cluster.find(.statefulSets, "web")?["status"]).replicas == 2 })
        #expect(cluster.names(.pods) == ["web-0", "web-1", "web-2"])
        try await cluster.delete(.pods, "web-1", DeleteOptions(gracePeriodSeconds: 0))
        #expect(await cluster.wait { cluster.names(.pods).count == 5 })
        await cluster.stop()
    }

    /// Claims of running pods change hands when the policy does, and the set says that it updated the pod.
    @Test func aNewRetentionPolicyIsToldOf() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 1), .statefulSets)
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0"] })
        try await cluster.setReady("web-0")
        // Of a pod that is still pending the claims are changed without a word.
        #expect(await cluster.wait { cluster.find(.statefulSets, "web")?["status", "readyReplicas"] == 1 })
        try await cluster.change(.statefulSets, "web") {
            $0["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"] = "Delete"
        }
        #expect(
            await cluster.wait(for: [.persistentVolumeClaims]) {
                cluster.find(.persistentVolumeClaims, "www-web-0")?.controllerReference?.kind == "StatefulSet"
            })
        #expect(
            await cluster.wait(for: [.events]) {
                let events = (try? cluster.registry.list(.events, namespace: "case").items) ?? []
                return events.contains {
                    $0["reason"] == "SuccessfulUpdate"
                        && $0["message"] == "Update Pod web-0 in StatefulSet web successful"
                }
            })
        await cluster.stop()
    }

    @Test func saysWhatItDid() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 1), .statefulSets)
        let expected: Set = [
            "Create Claim www-web-0 Pod web-0 in StatefulSet web success",
            "Create Pod web-0 in StatefulSet web successful",
        ]
        #expect(
            await cluster.wait(for: [.events]) {
                let events = (try? cluster.registry.list(.events, namespace: "case").items) ?? []
                return expected.isSubset(of: events.compactMap { $0["message"]?.string })
            })
        await cluster.stop()
    }
}
