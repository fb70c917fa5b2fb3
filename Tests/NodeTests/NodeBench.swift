import Client
import Glibc
import Logging
import Objects
import Synchronization

@testable import Node

/// Everything that pods and volumes are looked after with, in a directory of its own: no root, no daemon. What would
/// need either stops at the network, which is the first thing that a sandbox asks for.
struct NodeBench {
    let directory: String
    let network = GateNetwork()
    let api: FakeAPI
    let context: NodeContext

    init(_ answer: @escaping FakeAPI.Answer = { _ in nil }) throws {
        directory = try temporaryDirectory()
        api = try FakeAPI(directory + "/api.sock", answer)
        let settings = NodeSettings(
            nodeName: "n1", paths: NodePaths(state: directory + "/state", run: directory + "/run"),
            volumeRoot: directory + "/volumes", nodeSocket: directory + "/node.sock")
        var log = Logger(label: "test")
        log.logLevel = .critical
        context = NodeContext(
            settings: settings, client: APIClient(endpoint: APIEndpoint(api.path), userAgent: "test"),
            engine: try ProcessEngine(paths: settings.paths, network: network),
            events: EventWriter(component: "berth-node", host: "n1"), log: log, node: Object([:]),
            nodeAddress: "192.0.2.1")
    }

    /// Pods of different UIDs have the same name.
    func pod(_ uid: String, version: String = "5", isDeleted: Bool = false) -> Object {
        podOfThisNode(uid, version, isDeleted)
    }

    func tearDown() {
        network.stop()
        api.stop()
        for _ in 0..<50 where (try? TreeRemoval.remove(directory)) == nil { usleep(20_000) }
    }
}

private func podOfThisNode(_ uid: String, _ version: String, _ isDeleted: Bool) -> Object {
    pod(policy: "Never") { object in
        object["metadata", "uid"] = .string(uid)
        object["metadata", "resourceVersion"] = .string(version)
        object["spec", "nodeName"] = "n1"
        guard isDeleted else { return }
        object["metadata", "deletionTimestamp"] = "2026-01-01T12:00:00Z"
        object["metadata", "deletionGracePeriodSeconds"] = 1
    }.object
}

/// A network that gives no addresses, and takes them back when the test says so.
final class GateNetwork: PodNetwork {
    private struct State {
        var calls: [String] = []
        var isOpen: Set<String> = []
        var isStopped = false
    }
    private let state = Mutex(State())

    /// The UIDs whose addresses were to be taken back, one after the other.
    var calls: [String] { state.withLock { $0.calls } }

    func open(_ podUID: String) { _ = state.withLock { $0.isOpen.insert(podUID) } }
    /// Nobody waits any more: everything fails.
    func stop() { state.withLock { $0.isStopped = true } }

    func add(_ podUID: String, namespace: String) throws(NodeError) -> [String] {
        throw NodeError(.network, "this network gives no addresses")
    }

    func remove(_ podUID: String, namespace: String) throws(NodeError) {
        state.withLock { $0.calls.append(podUID) }
        while true {
            let (isOpen, isStopped) = state.withLock { ($0.isOpen.contains(podUID), $0.isStopped) }
            if isStopped { throw NodeError(.network, "the test is over") }
            if isOpen { return }
            usleep(2_000)
        }
    }
}

/// Holds up a thread of a pool.
final class Hold: Sendable {
    private let state = Mutex((isReached: false, isOver: false))

    var isReached: Bool { state.withLock { $0.isReached } }
    func release() { state.withLock { $0.isOver = true } }

    func wait() {
        state.withLock { $0.isReached = true }
        while !state.withLock({ $0.isOver }) { usleep(2_000) }
    }
}

/// What a descriptor of this process is open on; nil (and errno) where the kernel has no name for it.
func target(ofDescriptor name: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/fd/\(name)", &buffer, buffer.count)
    guard length > 0 else { return nil }
    return String(decoding: buffer[..<length].map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
}

/// Waits for a fact; the time is only for a test that fails.
func eventually(within seconds: Double = 60, _ isTrue: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try await isTrue() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await isTrue()
}
