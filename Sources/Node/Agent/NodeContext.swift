package import Client
package import Logging
package import Objects

/// What every pod's worker shares.
package struct NodeContext: Sendable {
    package var settings: NodeSettings
    package var client: APIClient
    package var engine: ProcessEngine
    package var pool: BlockingPool
    package var events: EventWriter
    package var log: Logger
    /// The node's object as it was registered, for resourceFieldRef and hostIP.
    package var node: Object
    package var nodeAddress: String
    /// Held by whoever moves a volume into the trash or out of it, from the look at the API to the last step.
    let volumeMoves = AsyncMutex()

    package init(
        settings: NodeSettings, client: APIClient, engine: ProcessEngine, events: EventWriter, log: Logger,
        node: Object, nodeAddress: String
    ) {
        self.settings = settings
        self.client = client
        self.engine = engine
        self.pool = BlockingPool()
        self.events = events
        self.log = log
        self.node = node
        self.nodeAddress = nodeAddress
    }

    var paths: NodePaths { settings.paths }

    /// The objects of `keys`; one that does not exist is left out.
    ///
    /// - Throws: `Status`, `ClientError`
    func inputs(_ keys: Set<ObjectKey>, addresses: [String]) async throws -> PodInputs {
        var inputs = PodInputs(node: node, nodeAddress: nodeAddress)
        inputs.addresses = addresses
        for key in keys { inputs.set(key, try await fetch(key)) }
        for key in keys where key.resource == .persistentVolumeClaims {
            guard let name = inputs.object(key.resource, key.namespace, key.name)?["spec", "volumeName"]?.string,
                !name.isEmpty
            else { continue }
            let volume = ObjectKey(.persistentVolumes, namespace: "", name: name)
            inputs.set(volume, try await fetch(volume))
        }
        return inputs
    }

    private func fetch(_ key: ObjectKey) async throws -> Object? {
        do {
            return try await client.get(key)
        } catch let status as Status where status.code == 404 {
            return nil
        }
    }
}

extension NodeContext {
    /// Blocks: reads the host's resolver configuration, and asks whether berthd answers names where pods can reach it.
    func podFiles(_ pod: PodSpec, _ addresses: [String]) throws(NodeError) -> PodFiles {
        var host = try Files.readText("/etc/resolv.conf") ?? ""
        // systemd-resolved's stub is on the loopback; the servers behind it are listed elsewhere.
        if !pod.hostNetwork, ClusterResolver.reachable(host).isEmpty,
            let real = try Files.readText("/run/systemd/resolve/resolv.conf")
        {
            host = real
        }
        let names = ClusterResolver(
            chosen: settings.nameServers, clusterDomain: settings.clusterDomain,
            gateway: ClusterResolver.gateway(of: settings.podCIDR))
        return PodFiles(
            pod: pod, addresses: pod.hostNetwork ? [nodeAddress] : addresses, clusterDomain: settings.clusterDomain,
            nameServers: names.servers(hostResolver: host), hostResolver: host)
    }
}
