import CNode
import Glibc

/// Runs containers as processes of this machine in namespaces of their own, over its root file system. All calls
/// block; callers are on threads where that is allowed.
package struct ProcessEngine: Sendable {
    package let paths: NodePaths
    package let network: any PodNetwork
    /// Directories of the host that no container sees; it finds them empty and may write into them.
    package let hidden: [String]
    let exits: ExitWatcher

    package init(paths: NodePaths, network: any PodNetwork, hidden: [String] = []) throws(NodeError) {
        self.paths = paths
        self.network = network
        self.hidden = ["/home", "/root", "/tmp", "/var/tmp", "/var/lib/berth", "/mnt", "/media", paths.state] + hidden
        exits = try ExitWatcher()
        guard !paths.state.contains(where: { ",:\\".contains($0) }) else {
            throw NodeError(
                .io, "the state directory \(paths.state) must not contain comma, colon or backslash (overlay)")
        }
    }

    // MARK: Sandboxes

    /// Makes the namespaces and the network; what an earlier, interrupted try left is removed first.
    ///
    /// - Returns: the pod's addresses; empty with the host's network
    package func makeSandbox(_ setup: SandboxSetup) throws(NodeError) -> [String] {
        try removeSandbox(setup.podUID)
        try Files.makeDirectories(paths.namespaces(setup.podUID), mode: 0o700)
        if !setup.hostNetwork { try Files.makeDirectories(Files.parent(of: paths.networkNamespace(setup.podUID))) }
        let shim = try Shim.start("sandbox", .sandbox(setup, paths), failure: .sandbox)
        close(shim.report)
        _ = Shim.wait(for: shim.pid)
        return setup.hostNetwork ? [] : try network.add(setup.podUID, namespace: paths.networkNamespace(setup.podUID))
    }

    /// Gives the address back and unpins the namespaces; fine for a sandbox that is half there or not at all.
    package func removeSandbox(_ uid: String) throws(NodeError) {
        try network.remove(uid, namespace: paths.networkNamespace(uid))
        for path in [paths.networkNamespace(uid), paths.utsNamespace(uid), paths.ipcNamespace(uid)] {
            while cnode_unmount(path) == 0 {}
            guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else { throw ioError("remove \(path)") }
        }
        guard rmdir(paths.namespaces(uid)) == 0 || errno == ENOENT else {
            throw ioError("remove \(paths.namespaces(uid))")
        }
    }

    /// Whether the namespaces are pinned (a reboot unpins them).
    package func hasSandbox(_ setup: SandboxSetup) -> Bool {
        let pins =
            [paths.utsNamespace(setup.podUID)] + (setup.hostNetwork ? [] : [paths.networkNamespace(setup.podUID)])
        return pins.allSatisfy { cnode_is_namespace($0) == 1 }
    }

    // MARK: Containers

    /// Starts one run of a container; returns when its command has been executed.
    package func start(_ id: ContainerID, _ setup: ContainerSetup, in sandbox: SandboxSetup) throws(NodeError) {
        let directory = paths.attempt(id)
        try Files.makeDirectories(directory, mode: 0o700)
        let lock = try OwnedFile(opening: directory + "/lock", O_RDWR | O_CREAT)
        guard flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw NodeError(.start, "\(id) is running already")
        }
        if setup.stdin, mkfifo(directory + "/stdin", 0o600) != 0, errno != EEXIST { throw ioError("make a FIFO") }
        let configuration = ShimConfiguration.run(id, setup, sandbox: sandbox, paths, hidden: hidden)
        try Files.replace(directory + "/config", configuration.bytes)
        let shim = try Shim.start("run", configuration, lock: lock.descriptor, failure: .start)
        close(shim.report)
        _ = Shim.wait(for: shim.pid)
    }

    /// What became of a run. The shim holds a lock for as long as it lives, so this cannot take another process for it.
    package func record(of id: ContainerID) throws(NodeError) -> ContainerRecord {
        let directory = paths.attempt(id)
        let alive = try isLocked(directory + "/lock")
        let started = try Files.readText(directory + "/started").flatMap { ShimStart($0) }
        if let exit = try Files.readText(directory + "/exit").flatMap({
            ContainerExit(record: $0, startedAt: started?.startedAt)
        }) {
            return .exited(exit)
        }
        if alive { return started.map { .running(startedAt: $0.startedAt) } ?? .starting }
        guard Files.exists(directory) else { return .absent }
        return .exited(recordUnknownEnd(directory, startedAt: started?.startedAt))
    }

    /// Written down like any other end, so that a second look finds the same time in it. Where there is no room for
    /// that, the end is an end all the same.
    private func recordUnknownEnd(_ directory: String, startedAt: WallTime?) -> ContainerExit {
        let exit = ContainerExit(
            code: 137, finishedAt: .now(), startedAt: startedAt, reason: "ContainerStatusUnknown",
            message: "the container ended without anybody to record how (reboot, or its shim was killed)")
        let text = "\(exit.code) \(exit.finishedAt.nanoseconds) \(exit.reason)\n\(exit.message)"
        try? Files.replace(directory + "/exit", Array(text.utf8))
        return exit
    }

    private func isLocked(_ path: String) throws(NodeError) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw ioError("open \(path)")
        }
        let lock = OwnedFile(descriptor)
        guard flock(lock.descriptor, LOCK_SH | LOCK_NB) != 0 else { return false }
        return errno == EWOULDBLOCK
    }

    /// Calls once when the run's shim has gone (at once if it has already), on a thread that must not be blocked.
    package func onExit(of id: ContainerID, _ handler: @escaping @Sendable () -> Void) throws(NodeError) {
        guard let started = try started(id), let process = started.shim.open() else { return handler() }
        try exits.add(process, handler)
    }

    /// To the container's command (through its init); SIGKILL to the init itself, which ends everything in it.
    ///
    /// - Returns: false when it is not running
    @discardableResult
    package func signal(_ id: ContainerID, _ number: CInt) throws(NodeError) -> Bool {
        try started(id)?.initProcess.signal(number) ?? false
    }

    func started(_ id: ContainerID) throws(NodeError) -> ShimStart? {
        try Files.readText(paths.attempt(id) + "/started").flatMap { ShimStart($0) }
    }
}
