import Client
import Glibc
import Objects
import Testing

@testable import Node

/// One worker a pod, and one pod a name, in whatever order their news come.
@Suite("Pods and their workers") struct PodManagerTests {
    @Test func aWaitingPodThatIsDeletedNeverStartsAndBlocksNobody() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let manager = PodManager(bench.context)
        await manager.heard(.set(bench.pod("old", isDeleted: true)))
        #expect(await eventually { bench.network.calls.contains("old") })
        await manager.heard(.set(bench.pod("waits")))
        #expect(!manager.isKnown("waits"))
        await manager.heard(.removed(bench.pod("waits")))
        await manager.heard(.removed(bench.pod("old")))
        bench.network.open("old")
        #expect(await eventually { !manager.isKnown("old") })
        await manager.heard(.set(bench.pod("third")))
        #expect(manager.isKnown("third"))
        #expect(!manager.isKnown("waits"))
        #expect(!bench.network.calls.contains("waits"))
    }

    @Test func aWaitingPodStartsWhenItsNameIsFree() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let manager = PodManager(bench.context)
        await manager.heard(.set(bench.pod("old", isDeleted: true)))
        await manager.heard(.set(bench.pod("waits")))
        await manager.heard(.removed(bench.pod("old")))
        bench.network.open("old")
        #expect(await eventually { manager.isKnown("waits") })
        #expect(await eventually { bench.network.calls == ["old", "waits"] })
    }

    /// A context whose only thread is held up, so that a beginning takes as long as the test wants.
    private func held(_ bench: NodeBench) async -> (NodeContext, Hold) {
        var context = bench.context
        context.pool = BlockingPool(threads: 1)
        let (pool, hold) = (context.pool, Hold())
        Task { try await pool.run { hold.wait() } }
        #expect(await eventually { hold.isReached })
        return (context, hold)
    }

    @Test func aPodThatIsRemovedWhileItBeginsIsNotStarted() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let (context, hold) = await held(bench)
        let manager = PodManager(context)
        let pod = bench.pod("a")
        let setting = Task { await manager.heard(.set(pod)) }
        #expect(await eventually { manager.isKnown("a") })
        await manager.heard(.removed(pod))
        bench.network.open("a")
        hold.release()
        await setting.value
        #expect(await eventually { !manager.isKnown("a") })
        // Once, to give back what it might have had: to be set up, it would have been asked twice.
        #expect(bench.network.calls == ["a"])
        #expect(!Files.exists(context.paths.pod("a")))
    }

    @Test func newsOfAPodThatIsBeginningMakeNoSecondWorker() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let (context, hold) = await held(bench)
        let manager = PodManager(context)
        let (first, second) = (bench.pod("a", isDeleted: true), bench.pod("a", version: "6", isDeleted: true))
        let setting = Task { await manager.heard(.set(first)) }
        #expect(await eventually { manager.isKnown("a") })
        await manager.heard(.set(second))
        hold.release()
        await setting.value
        let worker = try #require(manager.worker("a"))
        bench.network.open("a")
        #expect(await eventually { !manager.isKnown("a") })
        #expect(worker.state.pod.object.resourceVersion == "6")
        #expect(bench.network.calls == ["a"])
    }

    /// A record that cannot be read now, as on a disk with errors: here it is a directory.
    private func spoilRecord(_ bench: NodeBench, _ uid: String) throws {
        try Files.makeDirectories(bench.context.paths.record(uid), mode: 0o700)
    }

    @Test func aPodThatCannotBeginIsTriedAgain() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let manager = PodManager(bench.context)
        try spoilRecord(bench, "a")
        await manager.heard(.set(bench.pod("a", isDeleted: true)))
        #expect(manager.worker("a") == nil)
        #expect(rmdir(bench.context.paths.record("a")) == 0)
        #expect(await eventually { manager.worker("a") != nil })
        bench.network.open("a")
        #expect(await eventually { !manager.isKnown("a") })
    }

    @Test func oneForgottenPodThatCannotBeginDoesNotKeepTheOthers() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let manager = PodManager(bench.context)
        try spoilRecord(bench, "a")
        try Files.makeDirectories(bench.context.paths.pod("b"), mode: 0o700)
        for uid in ["a", "b"] { bench.network.open(uid) }
        await manager.heard(.listed([]))
        #expect(await eventually { !Files.exists(bench.context.paths.pod("b")) })
        #expect(Files.exists(bench.context.paths.pod("a")))
        #expect(rmdir(bench.context.paths.record("a")) == 0)
        #expect(await eventually { !manager.isKnown("a") })
    }
}

/// What the plan is told of a container whose shim is odd.
@Suite("Ends and signals") struct PodLoopTests {
    private let id = ContainerID(podUID: "u-1", name: "main", attempt: 0)

    private var running: PodState {
        var state = upPod(pod(policy: "Never"))
        state.containerStarted("main", at: .now())
        return state
    }

    @Test func aRunThatHasNotSaidThatItStartedIsLookedAtAgain() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let directory = bench.context.paths.attempt(id)
        try Files.makeDirectories(directory, mode: 0o700)
        let lock = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(lock, LOCK_EX) == 0)
        bench.network.open(id.podUID)
        let worker = PodWorker(bench.context, running, isNew: false) { _ in }
        worker.tell(.exited(id))
        // Long enough for the looks that are not the last one; more or less of them change nothing.
        try await Task.sleep(for: .milliseconds(300))
        #expect(worker.state["main"].running != nil)
        try Files.replace(directory + "/exit", Array("0 1 Completed\n".utf8))
        close(lock)
        #expect(await eventually { worker.state["main"].exit?.code == 0 }, "\(worker.state["main"])")
    }

    @Test func aKillThatDidNotArriveIsNoKill() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let (_, mailbox) = AsyncStream<PodEvent>.makeStream()
        var loop = PodLoop(bench.context, running, mailbox: mailbox, isNew: false) { _ in }
        loop.state.toldToStop("main", killAt: .now())
        await loop.perform(.kill("main"))
        let state = try #require(loop.state["main"].running)
        #expect(!state.killed)
        #expect(try #require(state.killAt) > .now())
    }

    @Test func anEndThatCannotBeWrittenDownIsAnEnd() throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let directory = bench.context.paths.attempt(id)
        // As on a full disk: the file cannot be made.
        try Files.makeDirectories("\(directory)/\(Files.temporaryName(for: "exit"))", mode: 0o700)
        guard case .exited(let exit) = try bench.context.engine.record(of: id) else {
            Issue.record("not ended")
            return
        }
        #expect(exit.reason == "ContainerStatusUnknown")
    }

    @Test func aLongTerminationMessageIsItsEnd() throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let container = pod().containers[0]
        _ = try TerminationMessage.prepare(id, container, bench.context.paths)
        let path = bench.context.paths.attempt(id) + "/termination-log"
        try Files.replace(path, Array("the end".utf8))
        #expect(try TerminationMessage.read(id, container, exit(0), bench.context.paths) == "the end")
        #expect(truncate(path, 17 << 20) == 0)
        let file = try OwnedFile(opening: path, O_WRONLY | O_APPEND)
        try Files.writeAll(file.descriptor, Array("the end".utf8), named: path)
        let message = try TerminationMessage.read(id, container, exit(0), bench.context.paths)
        #expect(message.utf8.count == 4096 && message.hasSuffix("the end"))
    }
}
