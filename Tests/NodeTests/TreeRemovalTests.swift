import CNode
import Glibc
import Testing

@testable import Node

/// What containers leave behind is theirs to shape.
@Suite("Removal of trees") struct TreeRemovalTests {
    /// In memory where that is possible: on ext4 each level takes a block.
    private func place() throws -> String {
        var template = Array("/dev/shm/berth-node-test.XXXXXX".utf8CString)
        return try mkdtemp(&template).map { String(cString: $0) } ?? temporaryDirectory()
    }

    private func makeLevels(_ count: Int, below path: String) throws {
        var here = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for _ in 0..<count {
            try #require(mkdirat(here, "directory", 0o755) == 0)
            let next = openat(here, "directory", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            close(here)
            here = next
        }
        close(here)
    }

    @Test func anyDepthIsRemovedWithLittleStackAndFewDescriptors() async throws {
        let place = try place()
        try makeLevels(50_000, below: place)
        let removal = SmallStack { try TreeRemoval.remove(place) }
        removal.start()
        var most = 0
        let isOver = await eventually(within: 300) {
            most = max(most, openBelow(place))
            return removal.isOver
        }
        #expect(isOver)
        try #require(removal.result).get()
        #expect(!Files.exists(place))
        #expect(most <= 5)
    }

    /// Descriptors of this process at `path` or below. The kernel gives no name to what is too deep for one: that can
    /// only be ours.
    private func openBelow(_ path: String) -> Int {
        ((try? Files.names(in: "/proc/self/fd")) ?? []).filter { name in
            guard let target = target(ofDescriptor: name) else { return errno == ENAMETOOLONG }
            return target.hasPrefix(path)
        }.count
    }

    @Test func wideAndOddTreesAreRemoved() throws {
        let place = try place()
        for number in 0..<40 {
            try Files.makeDirectories("\(place)/d\(number)/inner/deeper")
            try Files.replace("\(place)/d\(number)/inner/file", [1])
        }
        symlink("/etc", place + "/link")
        mkfifo(place + "/fifo", 0o600)
        // No UTF-8: the kernel does not mind.
        let odd = Array(place.utf8CString.dropLast()) + [47, CChar(truncatingIfNeeded: 0xff), 0]
        #expect(mkdir(odd, 0o755) == 0)
        let file = open(Array(odd.dropLast()) + [47, CChar(truncatingIfNeeded: 0xfe), 0], O_CREAT | O_WRONLY, 0o600)
        #expect(file >= 0)
        close(file)
        try TreeRemoval.remove(place)
        #expect(!Files.exists(place))
        #expect(Files.exists("/etc"))
        try TreeRemoval.remove(place)
    }

    @Test(.enabled(if: isRoot, "needs root: makes mounts"))
    func aMountOfTheSameFileSystemIsLeftAlone() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let (source, target) = (directory + "/data", directory + "/tree/a/mnt")
        try Files.makeDirectories(source)
        try Files.makeDirectories(target)
        try Files.replace(source + "/precious", [1])
        try #require(cnode_mount(source, target, "", UInt(MS_BIND), nil) == 0)
        defer { _ = cnode_unmount(target) }
        let error = #expect(throws: NodeError.self) { try TreeRemoval.remove(directory + "/tree") }
        #expect(error?.message.contains("tree/a/mnt is a mount point") == true)
        #expect(Files.exists(source + "/precious"))
        #expect(throws: NodeError.self) { try TreeRemoval.remove(target) }
        #expect(Files.exists(source + "/precious"))
        try #require(cnode_unmount(target) == 0)
        try TreeRemoval.remove(directory + "/tree")
        #expect(try Files.names(in: directory) == ["data"])
    }
}
