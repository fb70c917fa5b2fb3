/// What an operator can choose; berth-node's flags are these.
package struct NodeSettings: Sendable {
    package var nodeName: String
    package var paths: NodePaths
    package var volumeRoot: String
    package var nodeSocket: String
    package var podCIDR: String
    package var bridge: String
    package var pluginDirectory: String
    package var imageTable: String?
    package var clusterDomain: String
    package var nameServers: [String]
    /// How long a deleted volume of berth/local stays in the trash.
    package var trashSeconds: Double
    /// The only uid beside root and our own that may use the node's socket: berthd's.
    package var trustedUser: UInt32?

    package init(nodeName: String, paths: NodePaths, volumeRoot: String, nodeSocket: String) {
        self.nodeName = nodeName
        self.paths = paths
        self.volumeRoot = volumeRoot
        self.nodeSocket = nodeSocket
        podCIDR = "10.89.0.0/16"
        bridge = "berth0"
        pluginDirectory = "/usr/lib/cni"
        clusterDomain = "cluster.local"
        nameServers = []
        trashSeconds = 24 * 3600
    }

    package var network: BridgeNetwork {
        BridgeNetwork(
            pluginDirectory: pluginDirectory, bridge: bridge, podCIDR: podCIDR, dataDirectory: paths.addresses)
    }
}
