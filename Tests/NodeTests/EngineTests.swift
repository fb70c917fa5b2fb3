import Glibc
import Testing

@testable import Node

/// Root only: namespaces, mounts, CNI. Elsewhere they are skipped by name, so that nobody takes them for passed.
let isRoot = getuid() == 0

@Suite("Process engine", .enabled(if: isRoot, "needs root: makes namespaces and mounts"), .serialized)
struct EngineTests {
    @Test func aContainerHasItsOwnNamespacesAndLeavesNothingOnTheHost() async throws {
        let bench = try EngineBench()
        defer { bench.tearDown() }
        let address = try bench.engine.makeSandbox(bench.sandbox)
        #expect(address == ["10.123.0.2"])
        try Files.makeDirectories(bench.directory + "/volume")
        var setup = bench.shell(
            """
            hostname; echo $$; set -- /proc/[0-9]*; echo $#; id -u; readlink /proc/self/ns/net; cat /sys/class/net/eth0/operstate
            echo data > /usr/share/nowhere/html/file; echo x > /etc/berth-test-file; ls /tmp; exit 7
            """)
        setup.binds = [Bind(source: bench.directory + "/volume", target: "/usr/share/nowhere/html")]
        let id = bench.id("main", 0)
        try bench.engine.start(id, setup, in: bench.sandbox)
        let exit = try await bench.exit(of: id)
        #expect(exit.code == 7)
        #expect(exit.reason == "Error")
        let lines = try bench.log(id)
        #expect(lines.prefix(4) == ["stdout F pod-0", "stdout F 2", "stdout F 2", "stdout F 0"])
        #expect(lines.count == 6)
        #expect(try Files.readText(bench.directory + "/volume/file") == "data\n")
        #expect(!Files.exists("/usr/share/nowhere"))
        #expect(!Files.exists("/etc/berth-test-file"))
    }
}

extension EngineTests {
    @Test func aRestartedAgentFindsItsContainersByTheirLock() async throws {
        let bench = try EngineBench()
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let id = bench.id("main", 0)
        try bench.engine.start(
            id, bench.shell("trap 'echo bye; exit 5' TERM; echo up; sleep 600 & wait"), in: bench.sandbox)
        let other = try ProcessEngine(paths: bench.engine.paths, network: bench.engine.network)
        #expect(other.hasSandbox(bench.sandbox))
        guard case .running = try other.record(of: id) else {
            Issue.record("\(try other.record(of: id))")
            return
        }
        let second = #expect(throws: NodeError.self) { try other.start(id, bench.shell("true"), in: bench.sandbox) }
        #expect(second?.message.contains("running already") == true)
        // The trap must be set before the signal comes: its log line says so.
        while try bench.log(id).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try other.signal(id, SIGTERM))
        let exit = try await bench.exit(of: id)
        #expect(exit.code == 5)
        #expect(try bench.log(id) == ["stdout F up", "stdout F bye"])
        #expect(try !other.signal(id, SIGTERM))
    }

    @Test func aContainerEndsWithItsShimAndThatIsSaid() async throws {
        let bench = try EngineBench()
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let id = bench.id("main", 0)
        try bench.engine.start(id, bench.shell("sleep 600"), in: bench.sandbox)
        let started = try #require(try bench.engine.started(id))
        #expect(started.shim.signal(SIGKILL))
        let exit = try await bench.exit(of: id)
        #expect(exit.reason == "ContainerStatusUnknown")
        #expect(try bench.engine.record(of: id) == .exited(exit))
        // Whoever is the machine's first process may not have waited for it yet, or may never.
        for _ in 0..<2_000 where started.initProcess.signal(0) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func aCommandThatDoesNotExistIsAStartError() throws {
        let bench = try EngineBench()
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let setup = ContainerSetup(arguments: ["/no/such/program"], environment: [])
        let error = #expect(throws: NodeError.self) {
            try bench.engine.start(bench.id("main", 0), setup, in: bench.sandbox)
        }
        #expect(error?.message == "exec /no/such/program: No such file or directory")
        guard case .exited(let exit) = try bench.engine.record(of: bench.id("main", 0)) else {
            Issue.record("no exit recorded")
            return
        }
        #expect(exit.code == 128)
        #expect(exit.reason == "StartError")
    }

    @Test func execJoinsTheContainerAndDiesWithItsClient() async throws {
        let bench = try EngineBench()
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        var setup = bench.shell("sleep 600")
        setup.environment.append("COLOUR=blue")
        setup.identity.user = 65534
        let id = bench.id("main", 0)
        try bench.engine.start(id, setup, in: bench.sandbox)
        let pool = BlockingPool(threads: 2)
        let result = try await bench.engine.run(
            id, ["sh", "-c", "hostname; echo $COLOUR; id -u; exit 4"], timeout: 10, on: pool)
        #expect(result.code == 4)
        #expect(result.output == "pod-0\nblue\n65534\n")
        let late = try await bench.engine.run(id, ["sleep", "60"], timeout: 0.2, on: pool)
        #expect(late.code == nil)
        await #expect(throws: NodeError.self) { try await bench.engine.run(id, ["nosuch"], timeout: 5, on: pool) }
    }

    @Test func aSubPathCannotLeaveItsVolume() async throws {
        let bench = try EngineBench(hostNetwork: true)
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let volume = bench.directory + "/volume"
        try Files.makeDirectories(volume)
        symlink("/etc", volume + "/evil")
        for (attempt, subPath) in ["evil", "evil/ssl", "../volume", "new/../.."].enumerated() {
            var setup = bench.shell("true")
            setup.binds = [Bind(source: volume, subPath: subPath, target: "/data")]
            #expect(throws: NodeError.self, "subPath \(subPath)") {
                try bench.engine.start(bench.id("bad", attempt), setup, in: bench.sandbox)
            }
        }
        var setup = bench.shell("echo x > /data/file; echo y > /ro/file")
        setup.binds = [
            Bind(source: volume, subPath: "a/b", target: "/data"),
            Bind(source: volume, target: "/ro", readOnly: true),
        ]
        let id = bench.id("good", 0)
        try bench.engine.start(id, setup, in: bench.sandbox)
        #expect(try await bench.exit(of: id).code != 0)
        #expect(try Files.readText(volume + "/a/b/file") == "x\n")
        #expect(!Files.exists(volume + "/file"))
    }

    @Test func addressesAreGivenBackAlsoByASecondTry() throws {
        let bench = try EngineBench()
        defer { bench.tearDown() }
        #expect(try bench.engine.makeSandbox(bench.sandbox) == ["10.123.0.2"])
        // An agent that died here: the next one begins again, and does not leave the first address reserved.
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let network = BridgeNetwork(
            pluginDirectory: "/usr/lib/cni", bridge: "berthtest0", podCIDR: "10.123.0.0/16",
            dataDirectory: bench.engine.paths.addresses)
        #expect(try network.owners() == [bench.sandbox.podUID])
        let reserved = {
            try Files.names(in: bench.engine.paths.addresses + "/berth").filter { $0.hasPrefix("10.") }.count
        }
        #expect(try reserved() == 1)
        try bench.engine.removeSandbox(bench.sandbox.podUID)
        try bench.engine.removeSandbox(bench.sandbox.podUID)
        #expect(try reserved() == 0)
        #expect(!Files.exists(bench.engine.paths.networkNamespace(bench.sandbox.podUID)))
    }

    @Test func missingPluginsAreNamed() throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let network = BridgeNetwork(
            pluginDirectory: directory, bridge: "b", podCIDR: "10.123.0.0/16", dataDirectory: directory + "/a")
        let error = #expect(throws: NodeError.self) { try network.add("u", namespace: "/none") }
        #expect(error?.message.contains("install containernetworking-plugins") == true)
    }
}

extension EngineTests {
    /// As on a full disk: the file that says how to find the container cannot be written.
    @Test func aContainerThatCannotBeRecordedIsNotLeftRunning() throws {
        let bench = try EngineBench(hostNetwork: true)
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let id = bench.id("main", 0)
        try Files.makeDirectories(bench.engine.paths.attempt(id) + "/.started", mode: 0o700)
        let error = #expect(throws: NodeError.self) {
            try bench.engine.start(id, bench.shell("sleep 600"), in: bench.sandbox)
        }
        #expect(error?.message.contains("record the start") == true)
        guard case .exited(let exit) = try bench.engine.record(of: id) else {
            Issue.record("it is taken for running")
            return
        }
        #expect(exit.code == 128)
        #expect(exit.reason == "StartError")
    }

    @Test func anyUserReachesAVolumeBelowARootForRootOnly() async throws {
        let bench = try EngineBench(hostNetwork: true)
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let root = VolumeRoot(bench.directory + "/volumes")
        _ = try root.make("pvc-a", mode: 0o777)
        var setup = bench.shell("echo mine > /data/file && ls /data")
        setup.binds = [Bind(source: root.path + "/pvc-a", target: "/data")]
        setup.identity.user = 65534
        setup.identity.group = 65534
        let id = bench.id("main", 0)
        try bench.engine.start(id, setup, in: bench.sandbox)
        #expect(try await bench.exit(of: id).code == 0)
        #expect(try Files.readText(root.path + "/pvc-a/file") == "mine\n")
    }

    @Test func aProbeThatSaysMuchOrLeavesSomethingRunningEnds() async throws {
        let bench = try EngineBench(hostNetwork: true)
        defer { bench.tearDown() }
        _ = try bench.engine.makeSandbox(bench.sandbox)
        let id = bench.id("main", 0)
        try bench.engine.start(id, bench.shell("sleep 600"), in: bench.sandbox)
        let pool = BlockingPool(threads: 2)
        let much = ["sh", "-c", "head -c 30000000 /dev/zero | tr '\\0' x"]
        let result = try await bench.engine.run(id, much, timeout: 300, on: pool)
        #expect(result.code == 0)
        #expect(result.output == String(repeating: "x", count: 10_240))
        let left = try await bench.engine.run(id, ["sh", "-c", "sleep 600 & echo hi"], timeout: 300, on: pool)
        #expect(left.code == 0)
        #expect(left.output == "hi\n")
    }
}
