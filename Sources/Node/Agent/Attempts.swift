import Glibc
import Objects

/// The files of a container's runs. All calls block.
enum Attempts {
    /// Keeps this run and the one before it, whose log `--previous` shows.
    static func prune(_ id: ContainerID, _ paths: NodePaths) throws(NodeError) {
        let directory = paths.container(id.podUID, id.name)
        for name in try Files.names(in: directory) {
            guard let attempt = Int(name), attempt < id.attempt - 1 else { continue }
            try TreeRemoval.remove("\(directory)/\(name)")
        }
    }

    /// What the container wrote into its own layer goes with it; log and exit stay.
    static func removeRoot(_ id: ContainerID, _ paths: NodePaths) throws(NodeError) {
        for name in ["upper", "work", "root", "memory"] { try TreeRemoval.remove("\(paths.attempt(id))/\(name)") }
    }
}

/// https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
enum TerminationMessage {
    private static let limit = 4096

    /// An empty file at the container's terminationMessagePath.
    static func prepare(_ id: ContainerID, _ container: ContainerSpec, _ paths: NodePaths) throws(NodeError) -> Bind {
        try Files.makeDirectories(paths.attempt(id), mode: 0o700)
        let path = paths.attempt(id) + "/termination-log"
        try Files.replace(path, [], mode: 0o666)
        return Bind(source: path, target: container.terminationMessagePath)
    }

    static func read(_ id: ContainerID, _ container: ContainerSpec, _ exit: ContainerExit, _ paths: NodePaths)
        throws(NodeError) -> String
    {
        guard exit.message.isEmpty else { return exit.message }
        let bytes = try Files.readEnd(paths.attempt(id) + "/termination-log", count: limit) ?? []
        if !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        guard container.logsAreTheMessage, exit.code != 0 else { return "" }
        let lines = try LogReader.lastLines(80, of: paths.log(id))
        return String(decoding: Array(lines.utf8.suffix(2048)), as: UTF8.self)
    }
}
