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
            hostname; echo $$; ls /proc | grep -c '^[0-9]'; id -u; readlink /proc/self/ns/net; cat /sys/class/net/eth0/operstate
            echo data > /usr/share/nowhere/html/file; echo x > /etc/berth-test-file; ls /tmp; exit 7
            """)
        setup.binds = [Bind(source: bench.directory + "/volume", target: "/usr/share/nowhere/html")]
        let id = bench.id("main", 0)
        try bench.engine.start(id, setup, in: bench.sandbox)
        let exit = try await bench.exit(of: id)
        #expect(exit.code == 7)
        #expect(exit.reason == "Error")
        let lines = try bench.log(id)
        #expect(lines.prefix(4) == ["stdout F pod-0", "stdout F 2", "stdout F 4", "stdout F 0"])
        #expect(lines.count == 6)
        #expect(try Files.readText(bench.directory + "/volume/file") == "data\n")
        #expect(!Files.exists("/usr/share/nowhere"))
        #expect(!Files.exists("/etc/berth-test-file"))
    }
}
