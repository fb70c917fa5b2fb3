import DNS
import Glibc
import KubeAPI
import Store
import Transport

/// What the daemon does, from flags, variables, configuration file and defaults, in this order.
struct Settings: Sendable, Equatable {
    enum LogLevel: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error
        static func < (left: LogLevel, right: LogLevel) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The APIs that the daemon can serve.
    enum API: String, Sendable, CaseIterable { case kube, etcd }

    var serves: Set<API> = [.kube, .etcd]
    var dataDirectory = "/var/lib/berth/store"
    var apiSocket = "/run/berth/api.sock"
    var etcdSocket = "/run/berth/etcd.sock"
    /// nil: on the socket only.
    var etcdListen: LoopbackAddress?
    var nodeSocket = "/run/berth/node.sock"
    /// nil: the Kubernetes API is served on its Unix socket only.
    var listen: TCPAddress?
    /// Roles of users who have none by themselves.
    var grants = Grants()
    /// As it was given.
    var grant = ""
    var volumeRoot = "/var/lib/berth/volumes"
    var serviceCIDR = "10.96.0.0/16"
    var podCIDR = "10.89.0.0/16"
    var defaultStorageClass = ""
    var retentionSeconds: Int64 = 24 * 3600
    /// At most so many old revisions are kept, whatever their age.
    var retentionRevisions: Int64 = 1_000_000
    /// 0: no quota.
    var quotaBytes: Int64 = 0
    var diskReserve = StoreLimits.reserveBytes
    var verifiesFully = false
    var dnsListen = NameServing.standard
    var isEphemeral = false
    var logLevel = LogLevel.info

    static let names = [
        "serve", "data-dir", "api-socket", "etcd-socket", "etcd-listen", "node-socket", "listen", "grant",
        "volume-root", "service-cidr", "pod-cidr", "default-storage-class", "retention-age", "retention-revisions",
        "quota-bytes", "disk-reserve", "verify", "dns-listen", "ephemeral", "log-level",
    ]

    static func load(_ flags: DaemonFlags, environment: [String: String]) throws(SettingsError) -> Settings {
        var values = try ConfigurationFile.read(flags.config ?? environment["BERTHD_CONFIG"])
        for name in names {
            let variable = "BERTHD_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
            if let value = environment[variable] { values[name] = value }
        }
        values.merge(flags.given) { $1 }
        return try Settings(values)
    }

    /// etcd compacts on request only, and so does Berth when it is nothing but one.
    var retention: RetentionPolicy? {
        guard serves.contains(.kube) else { return nil }
        var policy = RetentionPolicy()
        policy.ageSeconds = retentionSeconds
        policy.maximumRevisions = retentionRevisions
        policy.minimumRevisions = min(policy.minimumRevisions, retentionRevisions)
        return policy
    }

    init() {}

    init(_ values: [String: String]) throws(SettingsError) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { try set(name, value) }
        // Throw-away daemons run side by side, and only one could have the address.
        if isEphemeral, values["dns-listen"] == nil { dnsListen = .off }
        if etcdListen != nil, !serves.contains(.etcd) {
            throw SettingsError("etcd-listen is set, but serve leaves etcd out; serve it, or take etcd-listen away")
        }
    }

    private mutating func set(_ name: String, _ value: String) throws(SettingsError) {
        switch name {
        case "serve": serves = try Self.apis(name, value)
        case "data-dir": dataDirectory = try Self.path(name, value)
        case "api-socket": apiSocket = try Self.path(name, value)
        case "etcd-socket": etcdSocket = try Self.path(name, value)
        case "etcd-listen": etcdListen = try Self.loopback(name, value)
        case "node-socket": nodeSocket = try Self.path(name, value)
        case "listen": listen = try Self.listenAddress(name, value)
        case "grant":
            do throws(GrantError) { grants = try Grants(parsing: value) } catch {
                throw SettingsError("grant: \(error)")
            }
            grant = value
        case "volume-root": volumeRoot = try Self.path(name, value)
        case "service-cidr": serviceCIDR = try Self.network(name, value)
        case "pod-cidr": podCIDR = try Self.network(name, value)
        case "default-storage-class": defaultStorageClass = value
        case "retention-age": retentionSeconds = try Self.duration(name, value)
        case "retention-revisions": retentionRevisions = try Self.count(name, value)
        case "quota-bytes": quotaBytes = try Self.bytes(name, value)
        case "disk-reserve": diskReserve = try Self.bytes(name, value)
        case "verify": verifiesFully = try Self.choice(name, value, ["quick": false, "full": true])
        case "dns-listen": dnsListen = try Self.nameServing(name, value)
        case "ephemeral": isEphemeral = try Self.choice(name, value, ["true": true, "false": false])
        case "log-level":
            let levels = Dictionary(uniqueKeysWithValues: LogLevel.allCases.map { ($0.rawValue, $0) })
            logLevel = try Self.choice(name, value, levels)
        default:
            throw SettingsError("there is no setting \(name); the settings are: \(Self.names.joined(separator: ", "))")
        }
    }

    /// One setting a line, as the configuration file has them.
    var summary: String {
        """
        serve: \(API.allCases.filter(serves.contains).map(\.rawValue).joined(separator: ","))
        data-dir: \(dataDirectory)
        api-socket: \(apiSocket)
        etcd-socket: \(etcdSocket)
        etcd-listen: \(etcdListen?.description ?? "")
        node-socket: \(nodeSocket)
        listen: \(listen.map(\.description) ?? "")
        grant: \(grant)
        volume-root: \(volumeRoot)
        service-cidr: \(serviceCIDR)
        pod-cidr: \(podCIDR)
        default-storage-class: \(defaultStorageClass)
        retention-age: \(retentionSeconds)s
        retention-revisions: \(retentionRevisions)
        quota-bytes: \(quotaBytes)
        disk-reserve: \(diskReserve)
        verify: \(verifiesFully ? "full" : "quick")
        dns-listen: \(dnsListen.text(podCIDR: podCIDR))
        ephemeral: \(isEphemeral)
        log-level: \(logLevel.rawValue)
        """
    }
}

/// A setting that cannot be; the text names it and says what would do.
struct SettingsError: Error, Sendable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
