import ArgumentParser

/// The command line. Everything is optional here: what is not given comes from the environment, the configuration
/// file or the defaults (`Settings`).
struct DaemonFlags: ParsableArguments {
    @Option(help: "APIs to serve: kube, etcd or kube,etcd (default: both; etcd alone is a pure etcd).")
    var serve: String?

    @Option(help: "Where the store lives (default: /var/lib/berth/store).")
    var dataDir: String?

    @Option(help: "Unix socket of the Kubernetes API (default: /run/berth/api.sock).")
    var apiSocket: String?

    @Option(help: "Unix socket of the etcd API (default: /run/berth/etcd.sock).")
    var etcdSocket: String?

    @Option(help: "Serve the etcd API on this HOST:PORT of the loopback interface too (default: on the socket only).")
    var etcdListen: String?

    @Option(help: "Unix socket of berth-node (default: /run/berth/node.sock).")
    var nodeSocket: String?

    @Option(help: "ADDRESS:PORT of a TLS listener for kubectl and other clients that need TCP (default: none).")
    var listen: String?

    @Option(help: "Roles for users that have none: USER=admin or USER=read, with commas between (default: none).")
    var grant: String?

    @Option(help: "Accepted and not used: berth-node has a --volume-root of its own, which says where volumes are.")
    var volumeRoot: String?

    @Option(help: "Cluster IPs of Services come from here (default: 10.96.0.0/16).")
    var serviceCidr: String?

    @Option(help: "Addresses of pods come from here (default: 10.89.0.0/16).")
    var podCidr: String?

    @Option(help: "Storage class of claims that name none (default: none).")
    var defaultStorageClass: String?

    @Option(help: "How long old revisions can be read: 30s, 90m, 24h (default: 24h).")
    var retentionAge: String?

    @Option(help: "How many old revisions can be read, whatever their age (default: 1000000).")
    var retentionRevisions: String?

    @Option(
        help: "Most bytes of keys and values that all readable revisions may have: 512Mi, 2Gi (default: 0, no quota).")
    var quotaBytes: String?

    @Option(
        help: "Disk space kept for deletes and compaction on a full disk; growth ends at half as much (default: 64Mi).")
    var diskReserve: String?

    @Option(help: "What to check at the start: quick or full (default: quick).")
    var verify: String?

    @Option(
        help: """
            Where to answer DNS questions for names of Services and pods: addresses with ports, or off (default: \
            127.0.0.153:53 and the address of the pods' bridge, where they can be had).
            """)
    var dnsListen: String?

    @Flag(help: "A throw-away store: tmpfs is allowed, and the daemon ends with its parent.")
    var ephemeral = false

    @Option(help: "debug, info, warning or error (default: info).")
    var logLevel: String?

    @Option(help: "Configuration file: lines of `flag-name: value` (default: /etc/berth/berthd.yaml if it exists).")
    var config: String?

    @Flag(help: "Say what the configuration comes to, and stop.")
    var checkConfig = false

    /// By their names, as in the environment and in the file.
    var given: [String: String] {
        var values: [String: String] = [:]
        let options = [
            ("serve", serve), ("data-dir", dataDir), ("api-socket", apiSocket), ("etcd-socket", etcdSocket),
            ("etcd-listen", etcdListen), ("node-socket", nodeSocket), ("listen", listen), ("grant", grant),
            ("volume-root", volumeRoot), ("service-cidr", serviceCidr), ("pod-cidr", podCidr),
            ("default-storage-class", defaultStorageClass), ("retention-age", retentionAge),
            ("retention-revisions", retentionRevisions), ("quota-bytes", quotaBytes), ("disk-reserve", diskReserve),
            ("verify", verify), ("dns-listen", dnsListen), ("log-level", logLevel),
        ]
        for case (let name, let value?) in options { values[name] = value }
        if ephemeral { values["ephemeral"] = "true" }
        return values
    }
}
