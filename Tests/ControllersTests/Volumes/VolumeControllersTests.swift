import Objects
import Registry
import TestSupport
import Testing

@testable import Controllers

/// The volume controllers on a registry in memory: what a user of the API sees.
@Suite(.timeLimit(.minutes(1))) struct VolumeControllersTests {
    private func run(_ body: (VolumeHarness) async throws -> Void) async throws {
        let harness = try await VolumeHarness()
        try await body(harness)
        await harness.stop()
    }

    @Test func aClaimAndAVolumeFindEachOther() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("small", size: "1Mi"), Make.volume("v", size: "3Gi"))
            try await cluster.create(Make.claim("c", size: "2Gi"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(cluster.claim("c")?["spec", "volumeName"] == "v")
            #expect(cluster.claim("c")?["status", "capacity", "storage"] == "3Gi")
            #expect(cluster.phase(cluster.volume("v")) == "Bound")
            #expect(cluster.volume("v")?.resourceVersion == cluster.claim("c")?.resourceVersion, "one transaction")
            #expect(await cluster.wait { cluster.phase(cluster.volume("small")) == "Available" })
        }
    }

    @Test func aVolumeThatAppearsBindsTheOldestClaimThatWaits() async throws {
        try await run { cluster in
            try await cluster.create(Make.claim("a", size: "5Gi"), Make.claim("b"), Make.claim("c"))
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "c") == ["FailedBinding"] })
            try await cluster.create(Make.volume("v", size: "2Gi"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("b")) == "Bound" })
            #expect(cluster.phase(cluster.claim("a")) == "Pending")
            #expect(cluster.phase(cluster.claim("c")) == "Pending")
            try await cluster.create(Make.volume("w", size: "9Gi"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("a")) == "Bound" })
            #expect(cluster.phase(cluster.claim("c")) == "Pending")
        }
    }

    @Test func aReleasedVolumeIsNotBoundAgain() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v"), Make.claim("c"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            try await cluster.delete("PersistentVolumeClaim", "c")
            #expect(await cluster.wait { cluster.phase(cluster.volume("v")) == "Released" })
            try await cluster.create(Make.claim("c"), Make.claim("d"))
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "d") == ["FailedBinding"] })
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Pending" })
            #expect(cluster.phase(cluster.volume("v")) == "Released")
            try await cluster.change("PersistentVolume", "v") { $0["spec", "claimRef"] = nil }
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
        }
    }

    @Test func aClaimWhoseVolumeVanishedIsLost() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v"), Make.claim("c"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(await cluster.wait { cluster.volume("v")?.finalizers == [VolumeFinalizer.volumeProtection] })
            try await cluster.delete("PersistentVolume", "v")
            #expect(cluster.volume("v")?.isBeingDeleted == true, "protected")
            try await cluster.change("PersistentVolume", "v") { $0.finalizers = [] }
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Lost" })
            #expect(cluster.claim("c")?["status", "capacity"] == nil)
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "c").contains("ClaimLost") })
        }
    }

    @Test func aClaimInUseStaysUntilItsPodIsGone() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v"), Make.claim("c"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(await cluster.wait { cluster.claim("c")?.finalizers == [VolumeFinalizer.claimProtection] })
            try await cluster.create(podWithContainer("user", "c", node: "n1"))
            try await cluster.delete("PersistentVolumeClaim", "c")
            #expect(cluster.claim("c")?.isBeingDeleted == true)
            try await cluster.delete("Pod", "user", DeleteOptions(gracePeriodSeconds: 0))
            #expect(await cluster.wait { cluster.claim("c") == nil })
            #expect(await cluster.wait { cluster.phase(cluster.volume("v")) == "Released" })
        }
    }

    @Test func aDefaultClassIsGivenToClaimsThatWait() async throws {
        try await run { cluster in
            try await cluster.create(Make.claim("c"), Make.claim("none", className: ""))
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "none") == ["FailedBinding"] })
            try await cluster.create(Make.storageClass("late", provisioner: "example.com/x", isDefault: true))
            #expect(await cluster.wait { cluster.claim("c")?["spec", "storageClassName"] == "late" })
            #expect(
                await cluster.wait {
                    cluster.claim("c")?.annotation(VolumeAnnotation.storageProvisioner) == "example.com/x"
                })
            #expect(cluster.claim("none")?["spec", "storageClassName"] == "")
        }
    }

    @Test func aProvisionedVolumeCompletesItsClaim() async throws {
        try await run { cluster in
            try await cluster.create(Make.claim("c", className: "berth-local"))
            #expect(
                await cluster.wait { cluster.reasons("PersistentVolumeClaim", "c").contains("ExternalProvisioning") })
            let uid = cluster.claim("c")?.uid ?? ""
            try await cluster.create(
                Make.volume(
                    "pvc-\(uid)", className: "berth-local", claim: Make.claimRef("c", uid: uid), policy: "Delete",
                    annotations: [VolumeAnnotation.provisionedBy: Provisioner.berthLocal]))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(await cluster.wait { cluster.phase(cluster.volume("pvc-\(uid)")) == "Bound" })
            try await cluster.delete("PersistentVolumeClaim", "c")
            #expect(await cluster.wait { cluster.phase(cluster.volume("pvc-\(uid)")) == "Released" })
        }
    }

    @Test func aPodWithANodeIsTheFirstConsumerOfAllItsClaims() async throws {
        try await run { cluster in
            try await cluster.create(
                Make.storageClass("w", provisioner: Provisioner.none, waits: true), Make.node("n1"),
                Make.volume("v", size: "2Gi", className: "w"), Make.claim("a", className: "w"),
                Make.claim("b", size: "3Gi", className: "w"))
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "a") == ["WaitForFirstConsumer"] })
            try await cluster.create(podWithContainer("p", "a", "b", node: "n1"))
            try await cluster.create(Make.volume("small", size: "2Gi", className: "w"))
            #expect(await cluster.wait { cluster.phase(cluster.volume("small")) == "Available" })
            #expect(cluster.phase(cluster.claim("a")) == "Pending", "all of them or none")
            try await cluster.create(Make.volume("large", size: "3Gi", className: "w"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("b")) == "Bound" })
            #expect(cluster.claim("a")?.resourceVersion == cluster.claim("b")?.resourceVersion)
            #expect(cluster.claim("b")?["spec", "volumeName"] == "large")
        }
    }

    @Test func reclaimOfWhatCannotBeDeletedFails() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v", policy: "Delete"), Make.claim("c"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            try await cluster.delete("PersistentVolumeClaim", "c")
            #expect(await cluster.wait { cluster.phase(cluster.volume("v")) == "Failed" })
            #expect(await cluster.wait { cluster.reasons("PersistentVolume", "v") == ["VolumeFailedDelete"] })
        }
    }

    @Test func aRestartGoesOnWhereItWas() async throws {
        let engine = MemoryEngine()
        let first = try await VolumeHarness(engine: engine)
        await first.stop()
        try await first.create(Make.volume("v"), Make.claim("c"))
        let second = try await VolumeHarness(engine: engine)
        #expect(await second.wait { second.phase(second.claim("c")) == "Bound" })
        await second.stop()
    }

    @Test func ofSeveralDefaultClassesTheNewestIsGiven() async throws {
        try await run { cluster in
            try await cluster.create(Make.claim("c"))
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "c") == ["FailedBinding"] })
            try await cluster.create(
                Make.storageClass("b-old", provisioner: "example.com/x"),
                Make.storageClass("a-same", provisioner: "example.com/x"))
            // Equally old ones: the first by name; and marking a class later counts as much as making it so.
            try await cluster.change("StorageClass", "a-same") {
                $0.setAnnotation(VolumeAnnotation.isDefaultClass, "true")
            }
            #expect(await cluster.wait { cluster.claim("c")?["spec", "storageClassName"] == "a-same" })
        }
    }

    @Test func aReservedVolumeWaitsForTheClaimOfItsName() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v", claim: Make.claimRef("c")), Make.claim("d"))
            #expect(await cluster.wait { cluster.phase(cluster.volume("v")) == "Available" })
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "d") == ["FailedBinding"] })
            try await cluster.create(Make.claim("c"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(cluster.volume("v")?.annotation(VolumeAnnotation.boundByController) == nil)
            #expect(cluster.phase(cluster.claim("d")) == "Pending")
        }
    }

    @Test func aVolumeReservedForAClaimThatIsGoneIsReleased() async throws {
        try await run { cluster in
            try await cluster.create(Make.claim("c", className: "none-such"))
            try await cluster.create(Make.volume("v", claim: Make.claimRef("c", uid: "of-an-earlier-one")))
            #expect(await cluster.wait { cluster.phase(cluster.volume("v")) == "Released" })
            #expect(cluster.phase(cluster.claim("c")) == "Pending")
        }
    }

    @Test func halfAPairLeftByARestoreIsCompleted() async throws {
        try await run { cluster in
            try await cluster.create(
                Make.claim("c", volume: "v", annotations: Make.bothAnnotations), Make.volume("v"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(cluster.volume("v")?["spec", "claimRef", "uid"]?.string == cluster.claim("c")?.uid)
        }
    }

    @Test func aLostClaimWhoseVolumeComesBackIsBoundAgain() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v"), Make.claim("c"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(await cluster.wait { cluster.volume("v")?.finalizers == [VolumeFinalizer.volumeProtection] })
            try await cluster.delete("PersistentVolume", "v")
            try await cluster.change("PersistentVolume", "v") { $0.finalizers = [] }
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Lost" })
            try await cluster.create(Make.volume("v", size: "3Gi"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("c")) == "Bound" })
            #expect(cluster.claim("c")?["status", "capacity", "storage"] == "3Gi")
            #expect(cluster.volume("v")?["spec", "claimRef", "uid"]?.string == cluster.claim("c")?.uid)
        }
    }

    @Test func aClaimThatNamesAVolumeOfAnotherSizeSaysSo() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v"), Make.claim("c", size: "2Gi", volume: "v"))
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "c") == ["VolumeMismatch"] })
            #expect(cluster.phase(cluster.claim("c")) == "Pending")
            try await cluster.create(Make.claim("d", volume: "v"))
            #expect(await cluster.wait { cluster.phase(cluster.claim("d")) == "Bound" })
            #expect(await cluster.wait { cluster.reasons("PersistentVolumeClaim", "c").contains("FailedBinding") })
        }
    }

    @Test func whyAnswersFromWhatIsStored() async throws {
        try await run { cluster in
            try await cluster.create(Make.volume("v"), Make.volume("w", size: "2Gi"), Make.claim("c", size: "5Gi"))
            #expect(await cluster.wait { cluster.phase(cluster.volume("w")) == "Available" })
            let explainer = VolumeExplainer(cluster.registry)
            let claim = try explainer.explain("pvc", namespace: "default", name: "c")
            #expect(claim.lines.map(\.name) == ["v", "w"])
            #expect(claim.advice.first == "no free volume without class has 5Gi: the largest is w with 2Gi")
            let volume = try explainer.explain("pv", namespace: "", name: "w")
            #expect(volume.summary == "w is Available")
            #expect(volume.lines.map(\.text) == ["is too small: 2Gi, not 5Gi"])
            try await cluster.create(podWithContainer("p", "c", node: ""), Make.node("n1"))
            let pod = try explainer.explain("pod", namespace: "default", name: "p")
            #expect(pod.lines.map(\.name) == ["pvc/c", "node/n1"])
            #expect(pod.lines.last?.text == "pod has unbound immediate PersistentVolumeClaims")
            #expect(throws: Status.self) { try explainer.explain("pvc", namespace: "default", name: "none") }
        }
    }

    private func podWithContainer(_ name: String, _ claims: String..., node: String) -> Object {
        var pod = Make.pod(name, claims: claims, node: node)
        pod["spec", "containers"] = [["name": "c", "image": "nginx"]]
        return pod
    }
}
