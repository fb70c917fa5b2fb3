import CNode
import Glibc
import Objects
import Testing

@testable import Node

/// What is thrown away, what comes back, and what a crash between any two steps leaves.
@Suite("Trash of berth/local") struct TrashTests {
    private func volume(_ uid: String) -> Object {
        var volume = Object(["kind": "PersistentVolume", "apiVersion": "v1", "metadata": [:]])
        volume.name = "pvc-\(uid)"
        volume.setAnnotation(ProvisionerNames.deletedAt, noon.description)
        volume.setAnnotation(ProvisionerNames.provisionedBy, ProvisionerNames.provisioner)
        volume.setAnnotation("pv.kubernetes.io/bound-by-controller", "yes")
        volume["spec"] = [
            "capacity": ["storage": "1Gi"], "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": ["namespace": "default", "name": "c", "uid": .string(uid)],
        ]
        return volume
    }

    private func withRoot(_ body: (VolumeRoot, String) throws -> Void) throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        try body(VolumeRoot(directory + "/volumes"), directory)
    }

    @Test func whatWasDeletedComesBack() throws {
        try withRoot { root, _ in
            _ = try root.make("pvc-a", mode: 0o770)
            try Files.replace(root.path + "/pvc-a/data", Array("x".utf8))
            #expect(try root.trash.discard("pvc-a", claimUID: "a", volume: volume("a")))
            let entry = try #require(try root.trash.entries().first)
            #expect(entry.claimUID == "a" && entry.hasDirectory && entry.deletedAt == noon)
            try root.trash.restore(entry, to: "pvc-a")
            // A crash here: the directory is in its place, the entry still there. The second try goes on.
            let half = try #require(try root.trash.entries().first)
            #expect(!half.hasDirectory)
            try root.trash.restore(half, to: "pvc-a")
            try root.trash.forget("a")
            try root.trash.forget("a")
            #expect(try root.trash.entries() == [])
            #expect(try Files.readText(root.path + "/pvc-a/data") == "x")
            let free = VolumeKeeper.free(entry.volume)
            #expect(free["spec", "claimRef"] == nil)
            #expect(free["spec", "persistentVolumeReclaimPolicy"] == "Retain")
            #expect(free.annotations == [ProvisionerNames.provisionedBy: ProvisionerNames.provisioner])
        }
    }

    @Test func aCrashBetweenTheStepsIsEndedByTheNextTry() throws {
        try withRoot { root, _ in
            // After the object was written and before the directory moved.
            _ = try root.make("pvc-a", mode: 0o770)
            try Files.makeDirectories(root.path + "/.trash", mode: 0o700)
            try Files.replace(root.path + "/.trash/a.json", JSONEncoder.encode(volume("a").json))
            #expect(try root.trash.entries().map(\.hasDirectory) == [false])
            #expect(try root.trash.discard("pvc-a", claimUID: "a", volume: volume("a")))
            #expect(try root.trash.entries().map(\.hasDirectory) == [true])
            // While the object was being written.
            _ = try root.make("pvc-b", mode: 0o770)
            let torn = "\(root.path)/.trash/\(Files.temporaryName(for: "b.json"))"
            try Files.replace(torn, Array("{".utf8))
            #expect(try root.trash.discard("pvc-b", claimUID: "b", volume: volume("b")))
            #expect(try root.trash.entries().map(\.claimUID) == ["a", "b"])
            // While the trash was being emptied: the directory is gone, its object is not.
            try TreeRemoval.remove(root.path + "/.trash/a")
            #expect(try root.trash.sweep(before: noon) == nil)
            #expect(try Files.names(in: root.path + "/.trash") == [])
        }
    }

    /// As root nothing but a mount is in the way; as anybody else, a directory that may not be written to.
    private func block(_ path: String) throws {
        try Files.makeDirectories(path + "/inner")
        if isRoot {
            try #require(cnode_mount("tmpfs", path + "/inner", "tmpfs", 0, "") == 0)
        } else {
            try #require(chmod(path, 0o500) == 0)
        }
    }

    private func unblock(_ path: String) {
        if isRoot { _ = cnode_unmount(path + "/inner") } else { chmod(path, 0o700) }
    }

    @Test func oneThatCannotBeRemovedKeepsNoOtherAndIsNoEntryAnyMore() throws {
        try withRoot { root, _ in
            for uid in ["a", "b", "c"] {
                _ = try root.make("pvc-\(uid)", mode: 0o770)
                #expect(try root.trash.discard("pvc-\(uid)", claimUID: uid, volume: volume(uid)))
            }
            try block(root.path + "/.trash/b")
            #expect(throws: NodeError.self) { try root.trash.sweep(before: noon) }
            #expect(try Files.names(in: root.path + "/.trash") == [".removing-b"])
            // Half of it may be gone: nobody gets it back.
            #expect(try root.trash.entries() == [])
            // The same claim's directory may be there once more.
            _ = try root.make("pvc-b", mode: 0o770)
            #expect(try root.trash.discard("pvc-b", claimUID: "b", volume: volume("b")))
            #expect(throws: NodeError.self) { try root.trash.sweep(before: noon) }
            #expect(try Files.names(in: root.path + "/.trash") == [".removing-b"])
            unblock(root.path + "/.trash/.removing-b")
            #expect(try root.trash.sweep(before: noon) == nil)
            #expect(try Files.names(in: root.path + "/.trash") == [])
        }
    }

    @Test func aClockThatIsSetForwardDoesNotEmptyTheTrash() throws {
        try withRoot { root, _ in
            var noted = volume("a")
            noted.setAnnotation(ProvisionerNames.deletedInBoot, BootTime(bootID: "this", seconds: 100).description)
            _ = try root.make("pvc-a", mode: 0o770)
            #expect(try root.trash.discard("pvc-a", claimUID: "a", volume: noted))
            let late = noon.adding(1_000_000)
            #expect(try root.trash.sweep(before: late, boot: BootTime(bootID: "this", seconds: 90)) == late.adding(10))
            #expect(try root.trash.entries().count == 1)
            // Another boot says nothing about this one.
            let other = BootTime(bootID: "other", seconds: 90)
            #expect(try root.trash.sweep(before: noon.adding(-5), boot: other) == noon)
            #expect(try root.trash.sweep(before: late, boot: BootTime(bootID: "this", seconds: 100)) == nil)
            #expect(try root.trash.entries() == [])
            #expect(BootTime("this 1e999") == nil && BootTime("x") == nil)
            #expect(VolumeKeeper.free(noted).annotation(ProvisionerNames.deletedInBoot) == nil)
        }
    }

    @Test func aVolumeThatIsThrownAwayFromManySidesAtOnceIsThrownAwayOnce() async throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let root = VolumeRoot(directory + "/volumes")
        let names = (0..<20).map { "n\($0)" }
        for name in names { _ = try root.make("pvc-\(name)", mode: 0o770) }
        let volumes = names.map { volume($0) }
        let pool = BlockingPool()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for (name, volume) in zip(names, volumes) {
                for _ in 0..<4 {
                    group.addTask {
                        try await pool.run {
                            try root.trash.discard("pvc-\(name)", claimUID: name, volume: volume)
                        }
                    }
                }
            }
            for try await found in group { #expect(found) }
        }
        #expect(try root.trash.entries().map(\.claimUID).sorted() == names.sorted())
        #expect(try root.trash.entries().allSatisfy(\.hasDirectory))
    }

    @Test func whatIsInTheWayIsNotOverwritten() throws {
        try withRoot { root, _ in
            _ = try root.make("pvc-a", mode: 0o770)
            #expect(try root.trash.discard("pvc-a", claimUID: "a", volume: volume("a")))
            _ = try root.make("pvc-a", mode: 0o770)
            try Files.replace(root.path + "/pvc-a/other", Array("y".utf8))
            let entry = try #require(try root.trash.entries().first)
            #expect(throws: NodeError.self) { try root.trash.restore(entry, to: "pvc-a") }
            #expect(try Files.readText(root.path + "/pvc-a/other") == "y")
            #expect(try root.trash.entries().count == 1)
        }
    }

    @Test func plantedThingsInTheTrashAreNeitherReadNorFollowed() throws {
        try withRoot { root, directory in
            try Files.makeDirectories(directory + "/outside", mode: 0o700)
            try Files.replace(directory + "/outside/keep", JSONEncoder.encode(volume("z").json))
            _ = try root.make("pvc-a", mode: 0o770)
            #expect(try root.trash.discard("pvc-a", claimUID: "a", volume: volume("a")))
            symlink(directory + "/outside/keep", root.path + "/.trash/z.json")
            symlink(directory + "/outside", root.path + "/.trash/a/link")
            try Files.replace(root.path + "/.trash/...json", JSONEncoder.encode(volume("..").json))
            try Files.replace(root.path + "/.trash/torn.json", Array("{".utf8))
            #expect(try root.trash.entries().map(\.claimUID) == ["a"])
            #expect(try root.trash.sweep(before: noon) == nil)
            #expect(try Files.names(in: directory + "/outside") == ["keep"])
            #expect(try Files.names(in: root.path + "/.trash") == ["...json", "torn.json", "z.json"])
        }
    }

    @Test func theReportNamesWhatDoesNotBelong() throws {
        try withRoot { root, directory in
            for name in ["pvc-a", "pvc-orphan", "pvc-half"] { _ = try root.make(name, mode: 0o770) }
            try Files.replace(root.path + "/note", [])
            symlink(directory, root.path + "/pvc-link")
            let found = try root.contents()
            #expect(found.directories == ["pvc-a", "pvc-half", "pvc-orphan"])
            #expect(found.strangers == ["note", "pvc-link"])
            let half = Trash.Entry(claimUID: "half", volume: volume("half"), deletedAt: noon, hasDirectory: false)
            let report = VolumeReport(
                volumeRoot: root.path, directories: found.directories, strangers: found.strangers, trash: [half],
                volumes: [("pvc-a", "pvc-a"), ("pvc-gone", "pvc-gone"), ("pvc-odd", nil)], grace: 3600)
            let problems = report.problems
            #expect(problems.count == 6)
            #expect(problems[0].hasPrefix("volume pvc-gone has no directory"))
            #expect(problems[1].contains("pvc-odd has a path that berth/local does not make"))
            #expect(problems[2].contains("/pvc-half is half out of the trash"))
            #expect(problems[3].contains("/pvc-orphan belongs to no volume"))
            #expect(problems[4].hasSuffix("/note is not a volume's directory: it is left alone"))
            #expect(report.json["deleted"]?.array?.first?["removedAt"] == "2026-01-01T13:00:00Z")
        }
    }

    /// The file system of a machine without quotas is said to have none; one that has them keeps to the size.
    @Test func aSizeThatIsNotEnforcedSaysSo() throws {
        try withRoot { root, _ in
            let limit = try root.make("pvc-a", mode: 0o770, bytes: 1 << 20)
            switch limit {
            case .none(let reason): #expect(reason.contains("project quota"))
            case .enforced(let project):
                #expect(project >= 0x4000_0000)
                let big = [UInt8](repeating: 1, count: 2 << 20)
                #expect(throws: NodeError.self) { try Files.replace(root.path + "/pvc-a/big", big, durable: true) }
                #expect(try root.resize("pvc-a", bytes: 4 << 20) == limit)
                try Files.replace(root.path + "/pvc-a/big", big, durable: true)
            }
        }
    }
}
