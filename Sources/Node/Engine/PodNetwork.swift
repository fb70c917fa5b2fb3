import Objects

/// Gives a pod its addresses in a network namespace that exists. Calls block.
package protocol PodNetwork: Sendable {
    /// - Returns: the pod's addresses, IPv4 first
    func add(_ podUID: String, namespace: String) throws(NodeError) -> [String]
    /// Gives everything back; fine for a pod that has nothing, and for a namespace that is gone.
    func remove(_ podUID: String, namespace: String) throws(NodeError)
}

/// The CNI plugins `bridge` and `host-local` (https://www.cni.dev/docs/spec/, version 0.4.0: what Debian 12 has).
package struct BridgeNetwork: PodNetwork {
    package var pluginDirectory: String
    package var bridge: String
    /// `10.89.0.0/16`
    package var podCIDR: String
    /// Where host-local keeps one file an address.
    package var dataDirectory: String

    package init(pluginDirectory: String, bridge: String, podCIDR: String, dataDirectory: String) {
        self.pluginDirectory = pluginDirectory
        self.bridge = bridge
        self.podCIDR = podCIDR
        self.dataDirectory = dataDirectory
    }

    /// ipMasq is off: it needs iptables, and a pod's way out of the machine is its owner's decision.
    private var configuration: JSON {
        [
            "cniVersion": "0.4.0", "name": "berth", "type": "bridge", "bridge": .string(bridge), "isGateway": true,
            "ipMasq": false, "hairpinMode": true,
            "ipam": [
                "type": "host-local", "dataDir": .string(dataDirectory),
                "ranges": [[["subnet": .string(podCIDR)]]], "routes": [["dst": "0.0.0.0/0"]],
            ],
        ]
    }

    package func add(_ podUID: String, namespace: String) throws(NodeError) -> [String] {
        let result = try call("ADD", podUID, namespace)
        let addresses = (result["ips"]?.array ?? []).compactMap { $0["address"]?.string }
            .compactMap { $0.split(separator: "/").first.map(String.init) }
        guard !addresses.isEmpty else {
            throw NodeError(.network, "the CNI plugin bridge gave pod \(podUID) no address")
        }
        forgetNeighbours(addresses)
        return addresses
    }

    /// The machine may remember another interface behind an address that an earlier pod had, and would send there for
    /// some seconds. Without iproute2 it still finds out by itself, only later, so a failure is none of the pod's.
    private func forgetNeighbours(_ addresses: [String]) {
        guard let tool = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"].first(where: Files.exists) else { return }
        for address in addresses {
            let arguments = ["neigh", "flush", "to", address, "dev", bridge]
            _ = try? Program.run(tool, arguments: arguments, environment: [], input: [])
        }
    }

    package func remove(_ podUID: String, namespace: String) throws(NodeError) {
        // Nothing was ever reserved: no need for the plugins, which may not even be installed.
        guard try holdsAddress(podUID) || Files.exists(namespace) else { return }
        _ = try call("DEL", podUID, Files.exists(namespace) ? namespace : "")
    }

    /// The pods that host-local has addresses reserved for.
    package func owners() throws(NodeError) -> Set<String> {
        var owners: Set<String> = []
        for name in try Files.names(in: dataDirectory + "/berth") where name.first?.isNumber == true {
            guard let text = try Files.readText("\(dataDirectory)/berth/\(name)") else { continue }
            if let owner = text.split(whereSeparator: \.isNewline).first { owners.insert(String(owner)) }
        }
        return owners
    }

    private func holdsAddress(_ podUID: String) throws(NodeError) -> Bool { try owners().contains(podUID) }

    private func call(_ command: String, _ podUID: String, _ namespace: String) throws(NodeError) -> JSON {
        for plugin in ["bridge", "host-local"] where !Files.exists("\(pluginDirectory)/\(plugin)") {
            throw NodeError(
                .network,
                "the CNI plugin \(plugin) is not in \(pluginDirectory): install containernetworking-plugins, or say "
                    + "where the plugins are (--cni-bin-dir)")
        }
        try Files.makeDirectories(dataDirectory, mode: 0o700)
        let outcome = try Program.run(
            pluginDirectory + "/bridge",
            environment: [
                "CNI_COMMAND=\(command)", "CNI_CONTAINERID=\(podUID)", "CNI_NETNS=\(namespace)", "CNI_IFNAME=eth0",
                "CNI_PATH=\(pluginDirectory)", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            ], input: JSONEncoder.encode(configuration))
        let answer = (try? JSONParser.parse(outcome.output)) ?? .null
        guard outcome.exitCode == 0 else {
            let said = answer["msg"]?.string ?? String(decoding: outcome.output + outcome.errorOutput, as: UTF8.self)
            throw NodeError(.network, "CNI plugin bridge, \(command) for pod \(podUID): \(said)")
        }
        return answer
    }
}
