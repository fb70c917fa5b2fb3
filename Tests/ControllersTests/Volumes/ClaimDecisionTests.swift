import Objects
import Testing

@testable import Controllers

/// One test for each numbered branch of ClaimDecision.swift.
@Suite struct ClaimDecisionTests {
    private func decide(_ objects: Object..., claim: String = "c") -> BindDecision {
        Make.view(objects).decide(claim: .default(claim))
    }

    @Test("0-1: a claim that is gone") func b0_1() {
        let decision = decide()
        #expect(decision.branch == "0-1")
        #expect(decision.writes.isEmpty)
    }

    @Test("0-3: a CSI driver stands in for the claim's provisioner") func b0_3() {
        let annotations = [VolumeAnnotation.storageProvisioner: "kubernetes.io/gce-pd"]
        let decision = decide(Make.claim("c", annotations: annotations))
        #expect(decision.branch == "0-3")
        #expect(decision.claimWritten?.annotation(VolumeAnnotation.migratedTo) == "pd.csi.storage.gke.io")
        let stale = [
            VolumeAnnotation.storageProvisioner: "x.example.com", VolumeAnnotation.migratedTo: "pd.csi.storage.gke.io",
        ]
        #expect(
            decide(Make.claim("c", annotations: stale)).claimWritten?.annotation(VolumeAnnotation.migratedTo) == nil)
        #expect(decide(Make.claim("c", annotations: stale)).branch == "0-3")
    }

    @Test("1-8: a driver that took over from a plugin provisions under its own name") func b1_8_migrated() {
        let decision = decide(
            Make.storageClass("ebs", provisioner: "kubernetes.io/aws-ebs"), Make.claim("c", className: "ebs"))
        #expect(decision.branch == "1-8")
        #expect(decision.claimWritten?.annotation(VolumeAnnotation.storageProvisioner) == "ebs.csi.aws.com")
        #expect(decision.events.first?.message.contains("'ebs.csi.aws.com'") == true)
    }

    @Test("1-1: a fitting volume is bound in one transaction, spec and status") func b1_1() {
        let decision = decide(
            Make.volume("big", size: "10Gi"),
            Make.volume("fits", size: "2Gi", modes: ["ReadWriteOnce", "ReadOnlyMany"]),
            Make.claim("c", size: "2Gi", modes: ["ReadOnlyMany"]))
        #expect(decision.branch == "1-1")
        #expect(decision.writes.count == 2)
        let volume = decision.volumeWritten
        #expect(volume?.name == "fits")
        #expect(volume?["status", "phase"] == "Bound")
        #expect(volume?.annotations == [VolumeAnnotation.boundByController: "yes"])
        #expect(
            volume?["spec", "claimRef"] == [
                "kind": "PersistentVolumeClaim", "namespace": "default", "name": "c", "uid": "uid-c",
                "apiVersion": "v1", "resourceVersion": "1",
            ])
        let claim = decision.claimWritten
        #expect(claim?["spec", "volumeName"] == "fits")
        #expect(claim?.annotations == Make.bothAnnotations)
        #expect(
            claim?["status"] == [
                "phase": "Bound", "accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "capacity": ["storage": "2Gi"],
            ])
    }

    @Test("1-1: a volume reserved by name is not marked as chosen by the controller") func b1_1_reserved() {
        let decision = decide(
            Make.volume("free"), Make.volume("mine", size: "9Gi", className: "any", claim: Make.claimRef("c")),
            Make.claim("c"))
        #expect(decision.branch == "1-1")
        #expect(decision.volumeWritten?.name == "mine")
        #expect(decision.volumeWritten?.annotations.isEmpty == true)
        #expect(decision.volumeWritten?["spec", "claimRef", "uid"] == "uid-c")
        #expect(decision.claimWritten?.annotations == Make.bothAnnotations)
    }

    @Test("1-1: a class that was not seen may yet say that the claim waits") func b1_1_class() {
        let volume = Make.volume("v", className: "fast")
        #expect(decide(volume, Make.claim("c", className: "fast")).premises == [.noClass("fast")])
        #expect(decide(volume, Make.claim("c", className: "fast"), Make.storageClass("fast")).premises.isEmpty)
    }

    @Test("1-2: a default class that came later") func b1_2() {
        let decision = decide(
            Make.storageClass("old", isDefault: true, created: "2026-01-01T00:00:00Z"),
            Make.storageClass("b-new", isDefault: true, created: "2026-01-02T00:00:00Z"),
            Make.storageClass("a-new", isDefault: true, created: "2026-01-02T00:00:00Z"), Make.claim("c"))
        #expect(decision.branch == "1-2")
        #expect(decision.claimWritten?["spec", "storageClassName"] == "a-new")
        #expect(decision.claimWritten?["spec", "volumeName"] == nil)
        #expect(decision.follow == [.claim(.default("c"))])
    }

    @Test("1-2: a claim that asks for no class keeps none") func b1_2_empty() {
        let decision = decide(Make.storageClass("new", isDefault: true), Make.claim("c", className: ""))
        #expect(decision.branch == "1-5")
    }

    @Test("1-2: a volume without class that fits comes before the default class") func b1_2_match() {
        #expect(decide(Make.storageClass("new", isDefault: true), Make.volume("v"), Make.claim("c")).branch == "1-1")
    }

    @Test("1-3: nobody uses the claim yet") func b1_3() {
        let decision = decide(
            Make.storageClass("w", waits: true), Make.volume("v", className: "w"), Make.claim("c", className: "w"))
        #expect(decision.branch == "1-3")
        #expect(decision.writes.isEmpty)
        #expect(decision.reasons == ["WaitForFirstConsumer"])
    }

    @Test("1-3: a waiting class does not keep a volume from a claim that it names") func b1_3_named() {
        let decision = decide(
            Make.storageClass("w", waits: true), Make.volume("v", className: "w", claim: Make.claimRef("c")),
            Make.claim("c", className: "w"))
        #expect(decision.branch == "1-1")
    }

    @Test("1-4: pods without node use the claim") func b1_4() {
        let decision = decide(
            Make.storageClass("w", waits: true), Make.claim("c", className: "w"), Make.pod("b", claims: ["c"]),
            Make.pod("a", claims: ["c"]), Make.pod("done", claims: ["c"], phase: "Succeeded"))
        #expect(decision.branch == "1-4")
        #expect(decision.reasons == ["WaitForPodScheduled"])
        #expect(decision.events.first?.message == "waiting for pods a,b to be scheduled")
    }

    @Test("1-5: no volume, no class") func b1_5() {
        let decision = decide(Make.volume("small", size: "1Mi"), Make.claim("c"))
        #expect(decision.branch == "1-5")
        #expect(decision.writes.isEmpty)
        #expect(decision.reasons == ["FailedBinding"])
        #expect(
            decision.events.first?.message
                == "no persistent volumes available for this claim and no storage class is set; "
                + "no free volume without class has 1Gi: the largest is small with 1Mi")
        #expect(decide(Make.claim("c", phase: "")).claimWritten?["status", "phase"] == "Pending")
    }

    @Test("1-6: no such class") func b1_6() {
        let decision = decide(Make.claim("c", className: "fast"))
        #expect(decision.branch == "1-6")
        #expect(decision.premises == [.noClass("fast")])
        #expect(decision.reasons == ["ProvisioningFailed"])
        #expect(decision.events.first?.message == "storageclass.storage.k8s.io \"fast\" not found")
    }

    @Test("1-7: provisioners that do not exist here", arguments: [Provisioner.none, "kubernetes.io/host-path"])
    func b1_7(_ provisioner: String) {
        let decision = decide(
            Make.storageClass("manual", provisioner: provisioner), Make.claim("c", className: "manual"))
        #expect(decision.branch == "1-7")
        #expect(decision.reasons == ["ProvisioningFailed"])
        // kube-controller-manager 1.36 knows the second, disabled, and notes on the claim that it tried.
        let noted = provisioner == Provisioner.none ? nil : provisioner
        #expect(decision.claimWritten?.annotation(VolumeAnnotation.storageProvisioner) == noted)
        #expect(decision.claimWritten?.annotation(VolumeAnnotation.betaStorageProvisioner) == noted)
    }

    @Test("1-8: an external provisioner is told to begin") func b1_8() {
        let decision = decide(Make.storageClass("local"), Make.claim("c", className: "local"))
        #expect(decision.branch == "1-8")
        #expect(
            decision.claimWritten?.annotations == [
                VolumeAnnotation.storageProvisioner: "berth/local",
                VolumeAnnotation.betaStorageProvisioner: "berth/local",
            ])
        #expect(decision.reasons == ["ExternalProvisioning"])
    }

    @Test("1-8: of a waiting class only once a node is chosen; and only one write") func b1_8_selected() throws {
        var claim = Make.claim("c", className: "w", annotations: [VolumeAnnotation.selectedNode: "n1"])
        let first = decide(Make.storageClass("w", waits: true), claim)
        #expect(first.branch == "1-8")
        claim = try #require(first.claimWritten)
        #expect(decide(Make.storageClass("w", waits: true), claim).writes.isEmpty)
    }

    @Test("2-1: the named volume does not exist") func b2_1() {
        let decision = decide(Make.volume("other"), Make.claim("c", volume: "v"))
        #expect(decision.branch == "2-1")
        #expect(decision.writes.isEmpty)
        #expect(decide(Make.claim("c", volume: "v", phase: "")).claimWritten?["status", "phase"] == "Pending")
    }

    @Test("2-2: the named volume is free; its labels do not matter") func b2_2() {
        let decision = decide(
            Make.volume("v", size: "9Gi", phase: "Pending"), Make.volume("small"),
            Make.claim("c", volume: "v", selector: ["matchLabels": ["a": "b"]]))
        #expect(decision.branch == "2-2")
        #expect(decision.volumeWritten?.annotations == Make.byController)
        #expect(decision.claimWritten?.annotations == [VolumeAnnotation.bindCompleted: "yes"])
        #expect(decision.claimWritten?["status", "capacity", "storage"] == "9Gi")
    }

    @Test(
        "2-3: the named volume cannot serve the claim",
        arguments: [
            (Make.volume("v", size: "1Mi"), "requested PV is too small"),
            (Make.volume("v", className: "x"), "storageClassName does not match"),
            (Make.volume("v", mode: "Block"), "incompatible volumeMode"),
            (Make.volume("v", modes: ["ReadOnlyMany"]), "incompatible accessMode"),
            (Make.volume("v", deleted: true), "the volume is marked for deletion \"v\""),
        ])
    func b2_3(_ volume: Object, _ why: String) {
        let decision = decide(volume, Make.claim("c", volume: "v"))
        #expect(decision.branch == "2-3")
        #expect(decision.writes.isEmpty)
        #expect(decision.reasons == ["VolumeMismatch"])
        #expect(decision.events.first?.message == "Cannot bind to requested volume \"v\": \(why)")
    }

    @Test("2-4: volume and claim name each other", arguments: [nil, "uid-c"])
    func b2_4(_ uid: String?) {
        let decision = decide(
            Make.volume("v", claim: Make.claimRef("c", uid: uid)), Make.claim("c", volume: "v"))
        #expect(decision.branch == "2-4")
        #expect(decision.writes.count == 2)
        #expect(decision.volumeWritten?["spec", "claimRef", "uid"] == "uid-c")
        #expect(decision.volumeWritten?.annotations.isEmpty == true)
        #expect(decision.claimWritten?.annotations == [VolumeAnnotation.bindCompleted: "yes"])
    }

    @Test(
        "2-5: the named volume is another's", arguments: [Make.claimRef("d", uid: "x"), Make.claimRef("c", uid: "old")])
    func b2_5(_ reference: JSON) {
        let decision = decide(Make.volume("v", claim: reference, phase: "Bound"), Make.claim("c", volume: "v"))
        #expect(decision.branch == "2-5")
        #expect(decision.writes.isEmpty)
        #expect(decision.reasons == ["FailedBinding"])
        #expect(decision.failure == nil)
    }

    @Test("2-6: the controller chose a volume that is another's") func b2_6() {
        let decision = decide(
            Make.volume("v", claim: Make.claimRef("d", uid: "x"), phase: "Bound"),
            Make.claim("c", volume: "v", phase: "Lost", annotations: Make.byController))
        #expect(decision.branch == "2-6")
        #expect(decision.writes.isEmpty)
        #expect(decision.failure != nil)
    }

    @Test("3-1: a bound claim without volume name") func b3_1() {
        let decision = decide(Make.claim("c", phase: "Bound", annotations: Make.bothAnnotations))
        #expect(decision.branch == "3-1")
        #expect(decision.claimWritten?["status", "phase"] == "Lost")
        #expect(decision.reasons == ["ClaimLost"])
    }

    @Test("3-2: a bound claim whose volume is gone, once the store agrees") func b3_2() throws {
        var claim = Make.claim("c", volume: "v", phase: "Bound", annotations: Make.bothAnnotations)
        claim["status", "capacity", "storage"] = "1Gi"
        claim["status", "accessModes"] = ["ReadWriteOnce"]
        let decision = decide(claim)
        #expect(decision.branch == "3-2")
        #expect(decision.premises == [.noVolume("v")])
        let written = try #require(decision.claimWritten)
        #expect(written["status"] == ["phase": "Lost"])
        #expect(written["spec", "volumeName"] == "v")
        #expect(decision.reasons == ["ClaimLost"])
        #expect(decide(written).events.isEmpty, "said once only")
    }

    @Test("3-3: the volume's half is missing") func b3_3() {
        let decision = decide(
            Make.volume("v", phase: "Available"),
            Make.claim("c", volume: "v", phase: "Bound", annotations: Make.bothAnnotations))
        #expect(decision.branch == "3-3")
        #expect(decision.volumeWritten?["spec", "claimRef", "uid"] == "uid-c")
        #expect(decision.volumeWritten?["status", "phase"] == "Bound")
    }

    @Test("3-4: all is well, and nothing is written") func b3_4() throws {
        let bound = decide(Make.volume("v"), Make.claim("c"))
        let decision = decide(try #require(bound.volumeWritten), try #require(bound.claimWritten))
        #expect(decision.branch == "3-4")
        #expect(decision.writes.isEmpty)
        #expect(decision.events.isEmpty)
    }

    @Test("3-4: a later difference of capacity is meant; modes follow the volume") func b3_4_capacity() throws {
        let bound = decide(Make.volume("v"), Make.claim("c"))
        var volume = try #require(bound.volumeWritten)
        volume["spec", "capacity", "storage"] = "5Gi"
        volume["spec", "accessModes"] = ["ReadWriteMany"]
        let claim = decide(volume, try #require(bound.claimWritten)).claimWritten
        #expect(claim?["status", "capacity", "storage"] == "1Gi")
        #expect(claim?["status", "accessModes"] == ["ReadWriteMany"])
    }

    @Test("3-6: a claim that asks for more") func b3_6() throws {
        let storageClass = Make.storageClass("x")
        let bound = decide(Make.volume("v", className: "x"), Make.claim("c", className: "x"), storageClass)
        var claim = try #require(bound.claimWritten)
        claim["spec", "resources", "requests", "storage"] = "2Gi"
        let decision = decide(try #require(bound.volumeWritten), claim, storageClass)
        #expect(decision.writes.isEmpty)
        #expect(decision.reasons == ["ExternalExpanding"])
        #expect(decision.events.first?.component == "volume_expand")
        #expect(decision.events.first?.message == "waiting for an external controller to expand this PVC")
        #expect(decision.branch == "3-6")
    }

    @Test("3-6: a volume whose file system has yet to grow") func b3_6Begun() throws {
        let storageClass = Make.storageClass("x")
        let volume = Make.volume(
            "v", className: "x", annotations: ["volume.alpha.kubernetes.io/pre-resize-capacity": "1Gi"])
        let bound = decide(volume, Make.claim("c", className: "x"), storageClass)
        let decision = decide(try #require(bound.volumeWritten), try #require(bound.claimWritten), storageClass)
        #expect(decision.branch == "3-6")
        #expect(decision.reasons == ["ExternalExpanding"])
    }

    @Test("3-6: a driver that took over from a plugin is asked to grow the volume") func b3_6Migrated() throws {
        let storageClass = Make.storageClass("x")
        var volume = Make.volume("v", className: "x")
        volume["spec", "hostPath"] = nil
        volume["spec", "portworxVolume"] = ["volumeID": "7"]
        let bound = decide(volume, Make.claim("c", className: "x"), storageClass)
        var claim = try #require(bound.claimWritten)
        claim["spec", "resources", "requests", "storage"] = "2Gi"
        let decision = decide(try #require(bound.volumeWritten), claim, storageClass)
        #expect(decision.branch == "3-6")
        #expect(decision.reasons == ["ExternalExpanding"])
        let asked = try #require(decision.claimWritten)
        #expect(asked.annotation("volume.kubernetes.io/storage-resizer") == "pxd.portworx.com")
        #expect(decide(try #require(bound.volumeWritten), asked, storageClass).writes.isEmpty)
    }

    @Test("3-5: the volume is another's") func b3_5() {
        let decision = decide(
            Make.volume("v", claim: Make.claimRef("d", uid: "uid-d"), phase: "Bound"),
            Make.claim("c", volume: "v", phase: "Bound", annotations: Make.bothAnnotations))
        #expect(decision.branch == "3-5")
        #expect(decision.claimWritten?["status", "phase"] == "Lost")
        #expect(decision.volumeWritten == nil)
        #expect(decision.reasons == ["ClaimMisbound"])
    }
}
