import CNode
import Glibc
import Objects
import Testing

@testable import Node

@Suite("Small files") struct FilesTests {
    @Test func noItemOfAVolumeIsInTheWayOfAnother() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let mounter = VolumeMounter(paths: NodePaths(state: directory, run: directory))
        let names = ["a", "a.new", "a.new.new", String(repeating: "k", count: 253)]
        for _ in 0..<2 {
            let files = names.map { PlannedVolume.File(path: $0, bytes: Array($0.utf8), mode: 0o644) }
            let made = try mounter.prepare(["v": .files(files.reversed(), inMemory: false)], pod: pod())
            let place = try #require(made["v"])
            #expect(try Files.names(in: place) == names)
            for name in names { #expect(try Files.readText("\(place)/\(name)") == name) }
        }
    }

    @Test func whatACrashLeftIsWrittenOver() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let temporary = "\(directory)/\(Files.temporaryName(for: "a"))"
        #expect(mkfifo(temporary, 0o600) == 0)
        try Files.replace(directory + "/a", [1])
        // Whoever may write there must not lead elsewhere.
        symlink(directory + "/outside", temporary)
        try Files.replace(directory + "/a", [2])
        #expect(try Files.names(in: directory) == ["a"])
        #expect(try Files.read(directory + "/a") == [2])
    }

    @Test func ofAMuchWrittenOutputTheBeginningIsKept() async throws {
        let output = try await OutputStart.open(limit: 10_240)
        let end = output.writeEnd
        // More than a pipe holds: it goes through only if somebody reads.
        try await BlockingPool(threads: 1).run {
            try Files.writeAll(end, Array("begin".utf8) + [UInt8](repeating: 120, count: 4 << 20), named: "a pipe")
        }
        let bytes = await output.finish()
        #expect(bytes.count == 10_240)
        #expect(bytes.starts(with: "begin".utf8))
    }

    @Test func outputThatIsStillOpenDoesNotHoldUp() async throws {
        let output = try await OutputStart.open(limit: 10_240)
        let kept = fcntl(output.writeEnd, F_DUPFD_CLOEXEC, 0)
        defer { close(kept) }
        try Files.writeAll(kept, Array("hi\n".utf8), named: "a pipe")
        let bytes = await output.finish()
        #expect(bytes == Array("hi\n".utf8))
    }

    @Test func aShimThatDoesNotReportIsNotWaitedForForEver() throws {
        let pipe = try makePipe()
        defer {
            close(pipe.read)
            close(pipe.write)
        }
        let error = #expect(throws: NodeError.self) { try Shim.awaitReport(pipe.read, .start, limit: 0.05) }
        #expect(error?.code == .start)
        try Files.writeAll(pipe.write, Array("ok".utf8), named: "a pipe")
        try Shim.awaitReport(pipe.read, .start, limit: 600)
    }
}
