import Objects

/// The files that make a pod a host of its own: /etc/hosts, /etc/hostname, /etc/resolv.conf.
struct PodFiles {
    var pod: PodSpec
    var addresses: [String]
    var clusterDomain: String
    /// Addresses of name servers for names of the cluster; empty: the host's resolver is used.
    var nameServers: [String]
    /// The host's /etc/resolv.conf.
    var hostResolver: String

    var hosts: String {
        var lines = [
            "# Managed by berth-node.", "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback",
            "fe00::0\tip6-localnet", "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters",
        ]
        let full = pod.subdomain.map { "\(pod.hostname).\($0).\(pod.namespace).svc.\(clusterDomain)\t" } ?? ""
        lines += addresses.map { "\($0)\t\(full)\(pod.hostname)" }
        let aliases = pod.spec["hostAliases"]?.array ?? []
        if !aliases.isEmpty { lines.append("# Entries added by HostAliases.") }
        for alias in aliases {
            let names = alias["hostnames"]?.array?.compactMap(\.string) ?? []
            lines.append("\(alias["ip"]?.string ?? "")\t\(names.joined(separator: "\t"))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
    var resolver: String {
        let policy = pod.spec["dnsPolicy"]?.string ?? "ClusterFirst"
        let usesCluster = policy == "ClusterFirstWithHostNet" || policy == "ClusterFirst" && !pod.hostNetwork
        var lines: [String] = []
        if usesCluster, !nameServers.isEmpty {
            let service = "svc.\(clusterDomain)"
            lines = ["search \(pod.namespace).\(service) \(service) \(clusterDomain)"]
            lines += nameServers.map { "nameserver \($0)" } + ["options ndots:5"]
        } else if policy != "None" {
            lines = hostResolver.split(separator: "\n").map(String.init)
        }
        let config = pod.spec["dnsConfig"]
        lines += (config?["nameservers"]?.array ?? []).compactMap(\.string).map { "nameserver \($0)" }
        let searches = (config?["searches"]?.array ?? []).compactMap(\.string)
        if !searches.isEmpty { lines.append("search \(searches.joined(separator: " "))") }
        let options = (config?["options"]?.array ?? []).map { option in
            option["value"]?.string.map { "\(option["name"]?.string ?? ""):\($0)" } ?? option["name"]?.string ?? ""
        }
        if !options.isEmpty { lines.append("options \(options.joined(separator: " "))") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Writes them and says where they go.
    func write(_ paths: NodePaths) throws(NodeError) -> [Bind] {
        let directory = paths.etc(pod.uid)
        try Files.makeDirectories(directory, mode: 0o755)
        try Files.replace(directory + "/hosts", Array(hosts.utf8), mode: 0o644)
        try Files.replace(directory + "/hostname", Array("\(pod.hostname)\n".utf8), mode: 0o644)
        try Files.replace(directory + "/resolv.conf", Array(resolver.utf8), mode: 0o644)
        return PodFiles.binds(paths, pod.uid)
    }

    static func binds(_ paths: NodePaths, _ uid: String) -> [Bind] {
        ["hosts", "hostname", "resolv.conf"].map { name in
            Bind(source: "\(paths.etc(uid))/\(name)", target: "/etc/\(name)", replacesLink: true)
        }
    }
}
