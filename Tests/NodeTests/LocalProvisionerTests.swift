import Glibc
import Objects
import Synchronization
import Testing

@testable import Node

/// What is heard of a volume may be older than what became of it.
@Suite("Volumes that are let go") struct LocalProvisionerTests {
    private func released(_ bench: NodeBench, uid: String) throws -> Object {
        let settings = bench.context.settings
        let policy = ProvisionPolicy(nodeName: settings.nodeName, volumeRoot: settings.volumeRoot)
        var claim = Object([
            "metadata": ["name": "c", "namespace": "default", "uid": "0-1", "resourceVersion": "7"],
            "spec": ["storageClassName": "berth-local", "resources": ["requests": ["storage": "1Gi"]]],
        ])
        claim.setAnnotation("volume.kubernetes.io/storage-provisioner", "berth/local")
        let storageClass = Object([
            "metadata": ["name": "berth-local"], "provisioner": "berth/local", "reclaimPolicy": "Delete",
        ])
        guard case .provision(var volume, _, _, _) = policy.decide(claim, class: storageClass) else {
            throw NodeError(.volume, "no volume was decided upon")
        }
        volume["metadata", "uid"] = .string(uid)
        volume["metadata", "resourceVersion"] = "9"
        volume["status"] = ["phase": "Released"]
        return volume
    }

    /// The API has this volume, and no claim.
    private func bench(_ present: @escaping @Sendable () -> Object?) throws -> NodeBench {
        try NodeBench { request in
            if request.path.hasPrefix("/api/v1/persistentvolumes/") { return present()?.json }
            guard request.path.hasPrefix("/api/v1/persistentvolumes") else { return nil }
            return [
                "kind": "PersistentVolumeList", "apiVersion": "v1", "metadata": ["resourceVersion": "9"],
                "items": .array([present()].compactMap { $0?.json }),
            ]
        }
    }

    @Test func aReleasedVolumeGoesToTheTrash() async throws {
        let present = LockedObject()
        let bench = try bench { present.value }
        defer { bench.tearDown() }
        let volume = try released(bench, uid: "v-1")
        present.value = volume
        let provisioner = LocalProvisioner(bench.context)
        _ = try provisioner.root.make("pvc-0-1", mode: 0o777)
        await provisioner.consider(volume: volume)
        let entry = try #require(try provisioner.root.trash.entries().first)
        #expect(entry.claimUID == "0-1" && entry.hasDirectory)
        #expect(entry.deletedInBoot != nil)
        #expect(bench.api.requests.last == "DELETE /api/v1/persistentvolumes/pvc-0-1")
    }

    @Test func oldNewsOfAVolumeThatCameBackChangeNothing() async throws {
        let present = LockedObject()
        let bench = try bench { present.value }
        defer { bench.tearDown() }
        let heard = try released(bench, uid: "v-1")
        let provisioner = LocalProvisioner(bench.context)
        _ = try provisioner.root.make("pvc-0-1", mode: 0o777)
        // Out of the trash: of the same name, and another volume.
        var back = VolumeKeeper.free(heard)
        back["metadata", "uid"] = "v-2"
        back["status"] = ["phase": "Available"]
        // Bound again, let go again: decided anew, but not by the old news.
        var letGo = heard
        letGo["metadata", "uid"] = "v-2"
        // The same volume, kept from now on.
        var kept = heard
        kept["spec", "persistentVolumeReclaimPolicy"] = "Retain"
        for volume in [back, letGo, kept, nil] {
            present.value = volume
            await provisioner.consider(volume: heard)
            #expect(Files.exists(provisioner.root.path + "/pvc-0-1"))
            #expect(try provisioner.root.trash.entries() == [])
        }
        #expect(!bench.api.requests.contains { $0.hasPrefix("DELETE") })
    }

    /// News of its own marks comes when the claim has grown, and says that it has not.
    @Test func oldNewsOfAClaimThatHasGrownChangeNothing() async throws {
        func claim(has size: JSON) -> Object {
            Object([
                "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": ["name": "c", "namespace": "default", "uid": "0-1", "resourceVersion": "7"],
                "spec": ["volumeName": "pvc-0-1", "resources": ["requests": ["storage": "2Gi"]]],
                "status": ["phase": "Bound", "capacity": ["storage": size]],
            ])
        }
        let grown = claim(has: "2Gi").json
        let first = try NodeBench()
        defer { first.tearDown() }
        let volume = try released(first, uid: "v-1")
        let found = volume.json
        let bench = try NodeBench { request in
            request.path.hasPrefix("/api/v1/persistentvolumes/") ? found : grown
        }
        defer { bench.tearDown() }
        let provisioner = LocalProvisioner(bench.context)
        _ = try provisioner.root.make("pvc-0-1", mode: 0o777)
        try await provisioner.carryOutGrowth(of: claim(has: "1Gi"))
        #expect(bench.api.requests.allSatisfy { $0.hasPrefix("GET") })
    }

    @Test func whoBringsOneBackAndWhoThrowsItAwayTakeTurns() async throws {
        let mutex = AsyncMutex()
        let inside = LockedCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await mutex.withLock {
                        #expect(inside.add(1) == 1)
                        await Task.yield()
                        _ = inside.add(-1)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.add(0) == 0)
    }

    /// The disk of the volumes is not mounted: its mount point is an empty directory.
    @Test func aRootWithoutItsDiskIsNoRootWithoutVolumes() async throws {
        let present = LockedObject()
        let bench = try bench { present.value }
        defer { bench.tearDown() }
        let volume = try released(bench, uid: "v-1")
        present.value = volume
        let provisioner = LocalProvisioner(bench.context)
        await provisioner.consider(volume: volume)
        #expect(!bench.api.requests.contains { $0.hasPrefix("DELETE") })
        #expect(!Files.exists(provisioner.root.path + "/.berth"))
        // Somebody says that it is the right one.
        try provisioner.root.mark()
        await provisioner.consider(volume: volume)
        #expect(await eventually { bench.api.requests.contains { $0.hasPrefix("DELETE") } })
    }

    @Test func aRootOfTheTimeBeforeMarkersGetsOne() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let root = VolumeRoot(directory + "/volumes")
        #expect(try !root.isMarked())
        _ = try root.make("pvc-a", mode: 0o777)
        #expect(try root.isMarked())
        try TreeRemoval.remove(root.path + "/pvc-a")
        #expect(try root.isMarked())
        #expect(try root.contents().strangers == [])
    }

    @Test func theRootIsForRootOnly() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let root = VolumeRoot(directory + "/volumes")
        _ = try root.make("pvc-a", mode: 0o777)
        var status = stat()
        #expect(stat(root.path, &status) == 0 && status.st_mode & 0o7777 == 0o700)
        // As an earlier version made it.
        chmod(root.path, 0o711)
        _ = try root.contents()
        #expect(stat(root.path, &status) == 0 && status.st_mode & 0o7777 == 0o700)
        #expect(stat(root.path + "/pvc-a", &status) == 0 && status.st_mode & 0o7777 == 0o777)
    }
}

private final class LockedObject: Sendable {
    private let object = Mutex<Object?>(nil)

    var value: Object? {
        get { object.withLock { $0 } }
        set { object.withLock { $0 = newValue } }
    }
}

private final class LockedCount: Sendable {
    private let count = Mutex(0)

    func add(_ more: Int) -> Int {
        count.withLock { count in
            count += more
            return count
        }
    }
}
