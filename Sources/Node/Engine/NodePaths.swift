import Client

/// Where the node keeps what. Everything about a pod is below one directory, made before anything else of the pod and
/// removed after everything else, so that nothing is ever left behind unknown.
package struct NodePaths: Sendable, Hashable {
    /// `/var/lib/berth/node`: survives a reboot.
    package var state: String
    /// `/run/berth`: pinned namespaces.
    package var run: String

    package init(state: String, run: String) {
        self.state = state
        self.run = run
    }

    package var pods: String { state + "/pods" }
    package func pod(_ uid: String) -> String { "\(pods)/\(uid)" }
    func record(_ uid: String) -> String { pod(uid) + "/pod.json" }
    /// Files that are bound into the containers: hosts, hostname, resolv.conf.
    func etc(_ uid: String) -> String { pod(uid) + "/etc" }
    /// emptyDir, configMap and the like, by volume name.
    package func volume(_ uid: String, _ name: String) -> String { "\(pod(uid))/volumes/\(name)" }
    func containers(_ uid: String) -> String { pod(uid) + "/containers" }
    func container(_ uid: String, _ name: String) -> String { "\(containers(uid))/\(name)" }
    func attempt(_ id: ContainerID) -> String { "\(container(id.podUID, id.name))/\(id.attempt)" }
    func log(_ id: ContainerID) -> String { attempt(id) + "/log" }

    /// Where `ip netns` looks for them.
    package func networkNamespace(_ uid: String) -> String { "/run/netns/berth-\(uid)" }
    func namespaces(_ uid: String) -> String { "\(run)/namespaces/\(uid)" }
    func utsNamespace(_ uid: String) -> String { namespaces(uid) + "/uts" }
    func ipcNamespace(_ uid: String) -> String { namespaces(uid) + "/ipc" }

    /// What host-local writes its reservations to.
    package var addresses: String { state + "/addresses" }

    /// A UID from the API becomes a directory's name: only what a UID may look like is accepted.
    package static func isPlainUID(_ uid: String) -> Bool {
        VolumeInventory.isPlainUID(uid)
    }
}
