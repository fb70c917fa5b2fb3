import Objects

/// What berth-node itself writes down about a pod, so that a restarted one finds it. Everything else is read from the
/// shims' files and the pinned namespaces.
struct PodRecord {
    var bootID: String
    var object: Object
    var addresses: [String]
    /// Sandbox and addresses have been given back for good.
    var tornDown: Bool

    static func read(_ paths: NodePaths, _ uid: String) throws(NodeError) -> PodRecord? {
        // A record that was cut off by a crash is none: what the pod had is found and removed by its UID.
        guard let bytes = try Files.read(paths.record(uid)), let json = try? JSONParser.parse(bytes),
            let object = json["object"], Object(object).uid == uid
        else { return nil }
        return PodRecord(
            bootID: json["bootID"]?.string ?? "", object: Object(object),
            addresses: json["addresses"]?.array?.compactMap(\.string) ?? [], tornDown: json["tornDown"]?.bool ?? false)
    }

    func write(_ paths: NodePaths) throws(NodeError) {
        let json: JSON = [
            "bootID": .string(bootID), "object": object.json, "addresses": .array(addresses.map { .string($0) }),
            "tornDown": .bool(tornDown),
        ]
        try Files.makeDirectories(paths.pod(object.uid), mode: 0o700)
        try Files.replace(paths.record(object.uid), JSONEncoder.encode(json))
    }
}

/// Which start of the machine this is.
enum Boot {
    static func id() throws(NodeError) -> String {
        let text = try Files.readText("/proc/sys/kernel/random/boot_id") ?? ""
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }
}
