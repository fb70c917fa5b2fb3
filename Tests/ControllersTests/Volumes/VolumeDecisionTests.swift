import Objects
import Testing

@testable import Controllers

/// One test for each numbered branch of VolumeDecision.swift.
@Suite struct VolumeDecisionTests {
    private func decide(_ objects: Object...) -> BindDecision { Make.view(objects).decide(volume: "v") }

    private func bound(policy: String = "Retain", annotations: [String: String] = [:], phase: String = "Bound")
        -> Object
    {
        Make.volume(
            "v", claim: Make.claimRef("c", uid: "uid-c"), phase: phase, policy: policy, annotations: annotations)
    }

    @Test("0-2: a volume that is gone is noticed by the claims that name it") func b0_2() {
        let decision = decide(Make.claim("c", volume: "v"))
        #expect(decision.branch == "0-2")
        #expect(decision.follow == [.claim(.default("c"))])
    }

    @Test("4-1: an unused volume is available", arguments: ["Pending", "Released", "Failed", ""])
    func b4_1(_ phase: String) {
        var volume = Make.volume("v", phase: phase)
        volume["status", "message"] = "why it failed"
        let decision = decide(volume)
        #expect(decision.branch == "4-1")
        #expect(decision.volumeWritten?["status"] == ["phase": "Available"])
        #expect(decide(Make.volume("v")).writes.isEmpty)
    }

    @Test("4-2: a reserved volume is available") func b4_2() {
        let decision = decide(Make.volume("v", claim: Make.claimRef("c"), phase: "Pending"))
        #expect(decision.branch == "4-2")
        #expect(decision.volumeWritten?["status", "phase"] == "Available")
        #expect(decision.follow == [.claim(.default("c"))])
    }

    @Test("4-3: Retain: the claim is gone, or another of its name came", arguments: [nil, "other"])
    func b4_3(_ uid: String?) {
        let decision = uid.map { decide(bound(), Make.claim("c", uid: $0)) } ?? decide(bound())
        #expect(decision.branch == "4-3")
        #expect(decision.volumeWritten?["status", "phase"] == "Released")
        #expect(decision.volumeWritten?["spec", "claimRef", "uid"] == "uid-c")
        #expect(decision.premises == [.noClaim(.default("c"), uid: "uid-c")])
        #expect(decide(bound(phase: "Released")).writes.isEmpty)
        #expect(decide(bound(phase: "Failed")).writes.isEmpty)
    }

    @Test("4-4: a volume that another driver took over") func b4_4() {
        let decision = decide(bound(policy: "Delete", annotations: [VolumeAnnotation.migratedTo: "ebs.csi.aws.com"]))
        #expect(decision.branch == "4-4")
        #expect(decision.volumeWritten?["status", "phase"] == "Released")
    }

    @Test("4-5: Delete is left to the provisioner", arguments: ["berth/local", "nfs.example.com"])
    func b4_5(_ provisioner: String) {
        let decision = decide(bound(policy: "Delete", annotations: [VolumeAnnotation.provisionedBy: provisioner]))
        #expect(decision.branch == "4-5")
        #expect(decision.volumeWritten?["status", "phase"] == "Released")
        #expect(decision.events.isEmpty)
    }

    @Test("4-6: Delete of a CSI volume that nobody says to have made fails, as upstream") func b4_6_csi() {
        var volume = bound(policy: "Delete")
        volume["spec", "hostPath"] = nil
        volume["spec", "csi"] = ["driver": "d", "volumeHandle": "h"]
        #expect(decide(volume).branch == "4-6")
    }

    @Test("0-4: a volume of a plugin inside Kubernetes is held until its data is deleted") func b0_4() throws {
        let annotations = [VolumeAnnotation.provisionedBy: "kubernetes.io/host-path"]
        let decision = decide(bound(policy: "Delete", annotations: annotations))
        #expect(decision.branch == "0-4")
        #expect(decision.volumeWritten?.finalizers == [VolumeFinalizer.inTreeDeletion])
        var kept = try #require(decision.volumeWritten)
        #expect(decide(kept).branch == "4-6")
        kept["spec", "persistentVolumeReclaimPolicy"] = "Retain"
        #expect(decide(kept).volumeWritten?.finalizers == [])
        var going = bound(policy: "Delete", annotations: annotations)
        going["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(decide(going).branch == "4-6", "nothing may be added to what is about to go")
    }

    @Test("0-4: a CSI driver stands in for the plugin that made the volume") func b0_4_migrated() throws {
        let decision = decide(
            bound(policy: "Delete", annotations: [VolumeAnnotation.provisionedBy: "kubernetes.io/aws-ebs"]))
        #expect(decision.branch == "0-4")
        #expect(decision.volumeWritten?.annotation(VolumeAnnotation.migratedTo) == "ebs.csi.aws.com")
        #expect(decide(try #require(decision.volumeWritten)).branch == "4-4")
    }

    @Test("4-6: Delete of what nobody here can delete fails", arguments: ["", "kubernetes.io/host-path"])
    func b4_6(_ provisioner: String) {
        let annotations = provisioner.isEmpty ? [:] : [VolumeAnnotation.provisionedBy: provisioner]
        var volume = bound(policy: "Delete", annotations: annotations)
        if !provisioner.isEmpty { volume.finalizers = [VolumeFinalizer.inTreeDeletion] }
        let decision = decide(volume)
        #expect(decision.branch == "4-6")
        #expect(decision.volumeWritten?["status", "phase"] == "Failed")
        #expect(decision.volumeWritten?["status", "message"] != nil)
        #expect(decision.reasons == ["VolumeFailedDelete"])
        volume["status", "phase"] = "Failed"
        #expect(decide(volume).events.isEmpty)
    }

    @Test("4-7: Recycle fails") func b4_7() {
        let decision = decide(bound(policy: "Recycle"))
        #expect(decision.branch == "4-7")
        #expect(decision.volumeWritten?["status", "phase"] == "Failed")
        #expect(decision.reasons == ["VolumeFailedRecycle"])
    }

    @Test("4-8: a policy that nobody knows") func b4_8() {
        let decision = decide(bound(policy: "Compost"))
        #expect(decision.branch == "4-8")
        #expect(decision.volumeWritten?["status", "phase"] == "Failed")
        #expect(decision.reasons == ["VolumeUnknownReclaimPolicy"])
    }

    @Test("4-9: bound by somebody to a claim of another volume mode") func b4_9() {
        let decision = decide(bound(), Make.claim("c", mode: "Block"))
        #expect(decision.branch == "4-9")
        #expect(decision.writes.isEmpty)
        #expect(decision.reasons == ["VolumeMismatch", "VolumeMismatch"])
    }

    @Test("4-10: half a pair; the claim's turn completes it", arguments: [[:], Make.byController])
    func b4_10(_ annotations: [String: String]) {
        let view = Make.view(bound(annotations: annotations), Make.claim("c"))
        let decision = view.decide(volume: "v")
        #expect(decision.branch == "4-10")
        #expect(decision.writes.isEmpty)
        #expect(decision.follow == [.claim(.default("c"))])
        #expect(view.decide(claim: .default("c")).volumeWritten == nil)
        #expect(view.decide(claim: .default("c")).claimWritten?["spec", "volumeName"] == "v")
    }

    @Test("4-11: each names the other") func b4_11() {
        let decision = decide(bound(phase: "Available"), Make.claim("c", volume: "v"))
        #expect(decision.branch == "4-11")
        #expect(decision.volumeWritten?["status", "phase"] == "Bound")
        #expect(decision.follow == [.claim(.default("c"))])
        #expect(decide(bound(), Make.claim("c", volume: "v")).writes.isEmpty)
    }

    @Test("4-12: made for a claim that took another volume") func b4_12() {
        let decision = decide(
            bound(policy: "Delete", annotations: [VolumeAnnotation.provisionedBy: "berth/local"]),
            Make.claim("c", volume: "w"))
        #expect(decision.branch == "4-12")
        #expect(decision.volumeWritten?["status", "phase"] == "Released")
        #expect(decision.volumeWritten?["spec", "claimRef", "uid"] == "uid-c")
    }

    @Test("4-13: chosen by a controller for a claim that got another volume") func b4_13() {
        let decision = decide(bound(annotations: Make.byController), Make.claim("c", volume: "w"))
        #expect(decision.branch == "4-13")
        #expect(decision.volumeWritten?["spec", "claimRef"] == nil)
        #expect(decision.volumeWritten?["metadata", "annotations"] == nil)
        #expect(decision.volumeWritten?["status", "phase"] == "Available")
    }

    @Test("4-14: reserved by a user for a claim that got another volume") func b4_14() {
        let decision = decide(bound(), Make.claim("c", volume: "w"))
        #expect(decision.branch == "4-14")
        #expect(decision.volumeWritten?["spec", "claimRef"] == Make.claimRef("c"))
        #expect(decision.volumeWritten?["status", "phase"] == "Available")
    }
}
