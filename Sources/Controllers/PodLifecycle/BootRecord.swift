package import Objects

/// In which life of its machine a pod was started. The scheduler writes the boot ID of the node on the pod that it
/// binds; when the node comes back with another one, what ran before is known to be dead
/// (kubernetes#74689), even if this daemon was down at the moment of the reboot.
package enum BootRecord {
    package static let annotation = "berth.dev/boot-id"

    /// The node's present boot; nil if it does not say.
    package static func current(_ node: Object) -> String? {
        node["status", "nodeInfo", "bootID"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
