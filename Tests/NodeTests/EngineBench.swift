import Glibc
import Objects

@testable import Node

/// One pod's place in a directory of its own, with its own bridge; everything is gone after `tearDown`.
struct EngineBench {
    let directory: String
    let engine: ProcessEngine
    let sandbox: SandboxSetup

    init(uid: String = "11111111-2222-3333-4444-555555555555", hostNetwork: Bool = false) throws {
        directory = try temporaryDirectory()
        let paths = NodePaths(state: directory + "/state", run: directory + "/run")
        let network = BridgeNetwork(
            pluginDirectory: "/usr/lib/cni", bridge: "berthtest0", podCIDR: "10.123.0.0/16",
            dataDirectory: paths.addresses)
        engine = try ProcessEngine(paths: paths, network: network)
        sandbox = SandboxSetup(podUID: uid, hostname: "pod-0", hostNetwork: hostNetwork)
    }

    func id(_ name: String, _ attempt: Int) -> ContainerID {
        ContainerID(podUID: sandbox.podUID, name: name, attempt: attempt)
    }

    func shell(_ script: String) -> ContainerSetup {
        ContainerSetup(arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"])
    }

    func exit(of id: ContainerID) async throws -> ContainerExit {
        let engine = engine
        await withCheckedContinuation { done in
            do { try engine.onExit(of: id) { done.resume() } } catch { done.resume() }
        }
        guard case .exited(let exit) = try engine.record(of: id) else { throw NodeError(.io, "\(id) has not ended") }
        return exit
    }

    /// The log without its times.
    func log(_ id: ContainerID) throws -> [String] {
        let text = try Files.readText(engine.paths.log(id)) ?? ""
        return text.split(separator: "\n").map { line in
            line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init) ?? ""
        }
    }

    func tearDown() {
        for name in (try? Files.names(in: engine.paths.containers(sandbox.podUID))) ?? [] {
            for attempt in (try? Files.names(in: engine.paths.container(sandbox.podUID, name))) ?? [] {
                let id = id(name, Int(attempt) ?? 0)
                _ = try? engine.signal(id, SIGKILL)
            }
        }
        try? engine.removeSandbox(sandbox.podUID)
        _ = try? Program.run("/usr/sbin/ip", arguments: ["link", "delete", "berthtest0"], environment: [], input: [])
        for _ in 0..<50 where (try? TreeRemoval.remove(directory)) == nil { usleep(20_000) }
    }
}

/// On the real file system: overlay and fsync behave differently on a tmpfs.
func temporaryDirectory() throws -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    var template = Array("\(base)/berth-node-test.XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw ioError("make a temporary directory in \(base)") }
    return String(cString: path)
}
