import Glibc
import Objects
import Testing

@testable import Node

@Suite("Volumes") struct VolumeTests {
    private func plan(_ volume: JSON, _ objects: [ObjectKey: Object] = [:]) throws -> PlannedVolume? {
        var volume = volume
        volume["name"] = "v"
        let spec = pod { $0["spec", "volumes"] = [volume] }
        let inputs = PodInputs(objects: objects, node: Object([:]), nodeAddress: "192.0.2.1")
        return try VolumePlan(spec, inputs).volumes()["v"]
    }

    private func bound(_ source: JSON, uid: String = "c-1") -> [ObjectKey: Object] {
        var spec = source
        spec["claimRef"] = ["uid": "c-1", "name": "claim"]
        return [
            ObjectKey(.persistentVolumeClaims, namespace: "default", name: "claim"): Object([
                "metadata": ["name": "claim", "uid": .string(uid)], "spec": ["volumeName": "pv"],
                "status": ["phase": "Bound"],
            ]), ObjectKey(.persistentVolumes, namespace: "", name: "pv"): Object(["spec": spec]),
        ]
    }

    private let claim: JSON = ["persistentVolumeClaim": ["claimName": "claim"]]

    @Test func claimsLeadToTheirVolumes() throws {
        let host: JSON = ["hostPath": ["path": "/srv/x", "type": "DirectoryOrCreate"]]
        #expect(try plan(claim, bound(host)) == .host("/srv/x", .directoryOrCreate, readOnly: false))
        #expect(try plan(claim, bound(["local": ["path": "/srv/y"]])) == .host("/srv/y", .directory, readOnly: false))
    }

    @Test func whatCannotBeMountedSaysWhy() throws {
        let rbd = bound(["capacity": ["storage": "10Gi"], "rbd": ["monitors": ["10.16.154.78:6789"], "image": "foo"]])
        let error = #expect(throws: NodeError.self) { try plan(claim, rbd) }
        #expect(error?.message.contains("needs a Ceph cluster") == true)
        #expect(error?.message.hasPrefix("MountVolume.SetUp failed for volume \"v\" : rbd: ") == true)
        for source in ["nfs", "csi", "iscsi", "azureFile"] as [String] {
            #expect(throws: NodeError.self) { try plan([source: ["x": "y"]]) }
        }
    }

    @Test func aClaimMustBeBoundToAVolumeThatIsItsOwn() throws {
        #expect(throws: NodeError.self) { try plan(claim) }
        #expect(throws: NodeError.self) { try plan(claim, bound(["local": ["path": "/x"]], uid: "another")) }
        var pending = bound(["local": ["path": "/x"]])
        let key = ObjectKey(.persistentVolumeClaims, namespace: "default", name: "claim")
        pending[key]?["status", "phase"] = "Pending"
        #expect(throws: NodeError.self) { try plan(claim, pending) }
    }

    @Test func secretsStayInMemory() throws {
        let key = ObjectKey(.secrets, namespace: "default", name: "s")
        let objects = [key: Object(["data": ["k": "dg=="]])]
        let planned = try plan(["secret": ["secretName": "s", "defaultMode": 256]], objects)
        #expect(planned == .files([.init(path: "k", bytes: Array("v".utf8), mode: 0o400)], inMemory: true))
        #expect(throws: NodeError.self) { try plan(["secret": ["secretName": "gone"]]) }
        #expect(try plan(["secret": ["secretName": "gone", "optional": true]]) == .files([], inMemory: true))
    }

    @Test func hostPathTypesAreChecked() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let mounter = VolumeMounter(paths: NodePaths(state: directory + "/state", run: directory))
        func prepare(_ path: String, _ type: PlannedVolume.PathType) throws {
            _ = try mounter.prepare(["v": .host("\(directory)/\(path)", type, readOnly: false)], pod: pod())
        }
        try prepare("made", .directoryOrCreate)
        try prepare("made", .directory)
        try prepare("file", .fileOrCreate)
        try prepare("file", .file)
        for (path, type) in [("none", .directory), ("made", .file), ("file", .directory), ("made", .socket)]
            as [(String, PlannedVolume.PathType)]
        {
            #expect(throws: NodeError.self, "\(path) as \(type)") { try prepare(path, type) }
        }
    }
}

@Suite("Provisioner berth/local") struct ProvisionerTests {
    private let policy = ProvisionPolicy(nodeName: "n1", volumeRoot: "/volumes")

    private func claim(_ change: (inout Object) -> Void = { _ in }) -> Object {
        var claim = Object([
            "metadata": ["name": "c", "namespace": "default", "uid": "0-1", "resourceVersion": "7"],
            "spec": [
                "storageClassName": "berth-local", "accessModes": ["ReadWriteOnce"],
                "resources": ["requests": ["storage": "1Gi"]],
            ],
        ])
        claim.setAnnotation("volume.kubernetes.io/storage-provisioner", "berth/local")
        change(&claim)
        return claim
    }

    private func storageClass(waits: Bool = false) -> Object {
        Object([
            "metadata": ["name": "berth-local"], "provisioner": "berth/local", "reclaimPolicy": "Delete",
            "volumeBindingMode": waits ? "WaitForFirstConsumer" : "Immediate",
        ])
    }

    @Test func aClaimGetsADirectoryByItsUID() throws {
        guard case .provision(let volume, "pvc-0-1", 0o777, 1 << 30) = policy.decide(claim(), class: storageClass())
        else {
            Issue.record("not provisioned")
            return
        }
        #expect(volume.name == "pvc-0-1")
        #expect(volume["spec", "local", "path"] == "/volumes/pvc-0-1")
        #expect(volume["spec", "claimRef", "uid"] == "0-1")
        #expect(volume.annotation("pv.kubernetes.io/provisioned-by") == "berth/local")
        #expect(policy.className(claim()) == "berth-local")
    }

    @Test func whatIsNotAskedForIsLeftAlone() {
        #expect(policy.className(claim { $0.setAnnotation("volume.kubernetes.io/storage-provisioner", nil) }) == nil)
        #expect(policy.className(claim { $0["spec", "volumeName"] = "pv" }) == nil)
        #expect(policy.className(claim { $0["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }) == nil)
        #expect(policy.decide(claim(), class: storageClass(waits: true)) == .nothing)
        let elsewhere = claim { $0.setAnnotation("volume.kubernetes.io/selected-node", "n2") }
        #expect(policy.decide(elsewhere, class: storageClass(waits: true)) == .nothing)
        let here = claim { $0.setAnnotation("volume.kubernetes.io/selected-node", "n1") }
        if case .provision = policy.decide(here, class: storageClass(waits: true)) {
        } else {
            Issue.record("not provisioned")
        }
        guard case .refuse = policy.decide(claim { $0["spec", "volumeMode"] = "Block" }, class: storageClass()) else {
            Issue.record("block accepted")
            return
        }
    }

    private func released(_ change: (inout Object) -> Void = { _ in }) -> Object {
        guard case .provision(var volume, _, _, _) = policy.decide(claim(), class: storageClass()) else {
            return Object([:])
        }
        volume["status"] = ["phase": "Released"]
        change(&volume)
        return volume
    }

    @Test func onlyOurOwnReleasedVolumesAreDiscarded() {
        #expect(
            policy.decide(released())
                == .discard(directory: "pvc-0-1", claimUID: "0-1", namespace: "default", name: "c"))
        let others: [(inout Object) -> Void] = [
            { $0["status", "phase"] = "Bound" }, { $0.setAnnotation("pv.kubernetes.io/provisioned-by", "other") },
            { $0["spec", "nodeAffinity"] = nil },
        ]
        for change in others { #expect(policy.decide(released(change)) == .nothing) }
        let forged: [(inout Object) -> Void] = [
            { $0["spec", "local", "path"] = "/etc" }, { $0["spec", "local", "path"] = "/volumes/pvc-0-2" },
            { $0["spec", "local", "path"] = "/volumes/../etc" }, { $0.name = "another" },
            { $0["spec", "claimRef", "uid"] = nil },
            {
                $0.name = "pvc-../../etc"
                $0["spec", "local", "path"] = "/volumes/pvc-../../etc"
            },
        ]
        for change in forged {
            guard case .refuse = policy.decide(released(change)) else {
                Issue.record("a forged volume was taken for ours")
                continue
            }
        }
    }

    @Test func aVolumeIsHeldUntilItsDataIsInTheTrash() {
        let bound = released { $0["status", "phase"] = "Bound" }
        #expect(bound.finalizers == [ProvisionerNames.finalizer])
        #expect(policy.decide(bound) == .nothing)
        var kept = bound
        kept["spec", "persistentVolumeReclaimPolicy"] = "Retain"
        #expect(policy.decide(kept) == .setFinalizers([]))
        kept.finalizers = ["other"]
        #expect(policy.decide(kept) == .nothing)
        kept["spec", "persistentVolumeReclaimPolicy"] = "Delete"
        #expect(policy.decide(kept) == .setFinalizers(["other", ProvisionerNames.finalizer]))
        kept["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(policy.decide(kept) == .nothing)
    }

    @Test func aClaimThatAsksForMoreGrows() {
        func bound(_ change: (inout Object) -> Void = { _ in }) -> Object {
            claim {
                $0["spec", "volumeName"] = "pvc-0-1"
                $0["spec", "resources", "requests", "storage"] = "2Gi"
                $0["status"] = ["phase": "Bound", "capacity": ["storage": "1Gi"]]
                change(&$0)
            }
        }
        let volume = released { $0["status", "phase"] = "Bound" }
        #expect(
            policy.decide(growthOf: bound(), volume) == .grow(directory: "pvc-0-1", size: "2Gi", bytes: 2 << 30))
        #expect(!policy.wantsToGrow(bound { $0["status", "capacity", "storage"] = "2048Mi" }))
        #expect(!policy.wantsToGrow(bound { $0["status", "phase"] = "Lost" }))
        var others = volume
        others["spec", "claimRef", "uid"] = "0-2"
        #expect(policy.decide(growthOf: bound(), others) == .nothing)
        others = volume
        others["spec", "local", "path"] = "/etc"
        guard case .refuse = policy.decide(growthOf: bound(), others) else {
            Issue.record("another path is not ours to limit")
            return
        }
        let during = ProvisionPolicy.resizing(bound(), to: "2Gi", now: noon.description)
        #expect(during["status", "allocatedResources", "storage"] == "2Gi")
        #expect(during["status", "allocatedResourceStatuses", "storage"] == "ControllerResizeInProgress")
        #expect(during["status", "conditions"]?.array?.map { $0["type"]?.string } == ["Resizing"])
        #expect(ProvisionPolicy.resizing(during, to: "2Gi", now: "later") == during, "a second try changes nothing")
        let after = ProvisionPolicy.resized(during, to: "2Gi")
        #expect(
            after["status"] == [
                "phase": "Bound", "capacity": ["storage": "2Gi"], "allocatedResources": ["storage": "2Gi"],
            ])
    }

    @Test func directoriesAreMadeOnceAndGoToTheTrashWithTheirObject() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let root = VolumeRoot(directory + "/volumes")
        _ = try root.make("pvc-0-1", mode: 0o770)
        try Files.replace(root.path + "/pvc-0-1/data", Array("x".utf8))
        _ = try root.make("pvc-0-1", mode: 0o770)
        var volume = released()
        volume.setAnnotation(ProvisionerNames.deletedAt, noon.description)
        #expect(try root.trash.discard("pvc-0-1", claimUID: "0-1", volume: volume))
        // A crash after the rename: the second try finds it done.
        #expect(try root.trash.discard("pvc-0-1", claimUID: "0-1", volume: volume))
        #expect(try Files.readText(root.path + "/.trash/0-1/data") == "x")
        #expect(try !root.trash.discard("pvc-0-9", claimUID: "0-9", volume: volume))
        #expect(try root.trash.sweep(before: noon.adding(-1)) == noon)
        #expect(try Files.names(in: root.path + "/.trash") == ["0-1", "0-1.json"])
        #expect(try root.trash.sweep(before: noon) == nil)
        #expect(try Files.names(in: root.path + "/.trash") == [])
    }

    @Test func plantedLinksAreNotFollowed() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let root = VolumeRoot(directory + "/volumes")
        _ = try root.make("pvc-ok", mode: 0o777)
        try Files.makeDirectories(directory + "/outside", mode: 0o700)
        // The umask is the process's, and other tests have their own ideas of it.
        chmod(directory + "/outside", 0o700)
        symlink(directory + "/outside", root.path + "/pvc-evil")
        #expect(throws: NodeError.self) { _ = try root.make("pvc-evil", mode: 0o777) }
        var status = stat()
        #expect(stat(directory + "/outside", &status) == 0 && status.st_mode & 0o777 == 0o700)
        symlink(directory + "/outside", root.path + "/.trash")
        #expect(throws: NodeError.self) { try root.trash.discard("pvc-ok", claimUID: "ok", volume: released()) }
        #expect(try Files.names(in: directory + "/outside") == [])
    }
}
