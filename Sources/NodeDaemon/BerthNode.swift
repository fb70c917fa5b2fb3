import ArgumentParser
import Client
import Glibc
import Logging
import Node

/// berth-node: runs the pods of this machine, mounts and provisions their volumes.
@main
struct BerthNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth-node",
        abstract: "Runs the pods that berthd assigns to this machine, and provisions their volumes.",
        discussion: """
            It talks to berthd as any API client does. Pods go on when berth-node ends, and when berthd ends; a new \
            berth-node finds them again through its state directory.
            """, version: "0.1.0")

    @Option(help: "berthd's API socket (environment: BERTH_SOCKET; default /run/berth/api.sock).")
    var apiSocket: String?
    @Option(help: "Where log, exec, attach and port-forward are served to berthd.")
    var nodeSocket = "/run/berth/node.sock"
    @Option(help: "The name of this machine's Node object (default: the host name).")
    var nodeName: String?
    @Option(help: "What berth-node keeps about its pods.")
    var stateDir = "/var/lib/berth/node"
    @Option(help: "Pinned namespaces.")
    var runDir = "/run/berth"
    @Option(help: "Directory of provisioned volumes.")
    var volumeRoot = "/var/lib/berth/volumes"
    @Option(help: "Hours that a deleted volume of berth/local stays in the trash; a fraction is fine.")
    var trashHours = 24.0
    @Option(help: "Pods' addresses are of this network.")
    var podCidr = "10.89.0.0/16"
    @Option(help: "Name of the bridge that pods are connected to.")
    var bridge = "berth0"
    @Option(help: "JSON file that says what to run for which image (docs/node.md).")
    var images = ImageTable.defaultFile
    @Option(help: "Directory of the CNI plugins bridge and host-local.")
    var cniBinDir = "/usr/lib/cni"
    @Option(help: "Domain of service names.")
    var clusterDomain = "cluster.local"
    @Option(
        help: """
            Name server for service names; may be given more than once; none for the host's only (default: berthd at \
            the bridge's address if it answers there, then the host's).
            """)
    var clusterDns: [String] = []
    @Option(help: "User that berthd runs as: may use the node's socket beside root.")
    var berthUser = "berth"
    @Option(help: "trace, debug, info, notice, warning or error.")
    var logLevel = "info"

    func validate() throws {
        guard trashHours >= 0, trashHours.isFinite else {
            throw ValidationError("--trash-hours must be a number of hours, such as 24 or 0.5")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("unknown log level \(logLevel): use trace, debug, info, notice, warning or error")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var log = Logger(label: "berth-node")
        log.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let environment = ["BERTH_SOCKET": getenv("BERTH_SOCKET").map { String(cString: $0) } ?? ""]
        let endpoint = APIEndpoint.resolve(flag: apiSocket, environment: environment)
        let client = APIClient(endpoint: endpoint, userAgent: "berth-node/0.1.0")
        let agent = NodeAgent(settings(), client: client, log: log)
        signal(SIGPIPE, SIG_IGN)
        try await agent.run { Notification.ready() }
    }

    private func settings() -> NodeSettings {
        var settings = NodeSettings(
            nodeName: nodeName ?? hostName(), paths: NodePaths(state: stateDir, run: runDir), volumeRoot: volumeRoot,
            nodeSocket: nodeSocket)
        settings.trashSeconds = trashHours * 3600
        settings.podCIDR = podCidr
        settings.bridge = bridge
        settings.pluginDirectory = cniBinDir
        settings.imageTable = images
        settings.clusterDomain = clusterDomain
        settings.nameServers = clusterDns
        settings.trustedUser = getpwnam(berthUser)?.pointee.pw_uid
        return settings
    }

    private func hostName() -> String {
        var facts = utsname()
        uname(&facts)
        let name = withUnsafeBytes(of: &facts.nodename) { Array($0.prefix { $0 != 0 }) }
        return String(decoding: name, as: UTF8.self).lowercased()
    }
}
