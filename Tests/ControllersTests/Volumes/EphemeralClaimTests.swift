import Objects
import Registry
import Testing

@testable import Controllers

/// Claims of generic ephemeral volumes.
@Suite(.timeLimit(.minutes(1))) struct EphemeralClaimTests {
    private func pod(_ name: String = "p") -> Object {
        var pod = Make.pod(name, claims: [])
        pod["spec", "containers"] = [["name": "c", "image": "nginx"]]
        pod["spec", "volumes"] = [
            [
                "name": "scratch",
                "ephemeral": [
                    "volumeClaimTemplate": [
                        "metadata": ["labels": ["a": "b"], "annotations": ["x": "y"]],
                        "spec": [
                            "accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]],
                            "storageClassName": "",
                        ],
                    ]
                ],
            ]
        ]
        return pod
    }

    @Test func theClaimIsThePods() throws {
        let pod = pod()
        let volume = try #require(EphemeralClaimDecision.volumes(of: pod).first)
        guard case .create(let claim) = EphemeralClaimDecision.decide(pod, volume, claim: nil) else {
            Issue.record("not created")
            return
        }
        #expect(claim.name == "p-scratch")
        #expect(claim.labels == ["a": "b"])
        #expect(claim.annotations == ["x": "y"])
        #expect(claim["spec"] == volume.at("ephemeral", "volumeClaimTemplate", "spec"))
        #expect(
            claim["metadata", "ownerReferences"] == [
                [
                    "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "uid-p", "controller": true,
                    "blockOwnerDeletion": true,
                ]
            ])
        #expect(EphemeralClaimDecision.decide(pod, volume, claim: claim) == .nothing)
        #expect(
            EphemeralClaimDecision.decide(pod, volume, claim: Make.claim("p-scratch"))
                == .refuse("PVC default/p-scratch was not created for pod default/p (pod is not owner)"))
        var going = pod
        going["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(EphemeralClaimDecision.volumes(of: going).isEmpty)
    }

    @Test func aPodGetsItsClaimBoundAndGetsItAgain() async throws {
        let cluster = try await VolumeHarness()
        try await cluster.create(Make.volume("v"), Make.volume("w"), pod())
        #expect(await cluster.wait { cluster.phase(cluster.claim("p-scratch")) == "Bound" })
        let first = cluster.claim("p-scratch")
        #expect(first?["metadata", "ownerReferences", "0", "uid"] == nil)
        #expect(first.map { ClaimUse.isControlled($0, by: cluster.find("Pod", "p") ?? Object([:])) } == true)
        try await cluster.delete("PersistentVolumeClaim", "p-scratch")
        #expect(await cluster.wait { cluster.claim("p-scratch").map { $0.uid != first?.uid } ?? false })
        await cluster.stop()
    }

    @Test func aClaimOfSomebodyElseIsNotTaken() async throws {
        let cluster = try await VolumeHarness()
        try await cluster.create(Make.claim("p-scratch"), pod())
        #expect(await cluster.wait { cluster.reasons("Pod", "p").contains("FailedBinding") })
        await cluster.stop()
    }
}
