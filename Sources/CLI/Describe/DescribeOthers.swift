import Objects

enum DescribeStorageClass {
    private static let defaultAnnotation = "storageclass.kubernetes.io/is-default-class"

    static func append(_ storage: Object, to text: inout DescribeText) {
        text.head(storage, namespaced: false)
        text.field(0, "IsDefaultClass", storage.annotation(defaultAnnotation) == "true" ? "Yes" : "No")
        text.annotations(storage)
        text.field(0, "Provisioner", storage.text("provisioner"))
        let parameters = DescribePod.stringMap(storage["parameters"])
        text.field(0, "Parameters", LabelText.list(parameters))
        text.field(0, "AllowVolumeExpansion", (storage.text("allowVolumeExpansion") ?? "<unset>").capitalizedFirst)
        let options = storage["mountOptions"]?.array ?? []
        if options.isEmpty { text.field(0, "MountOptions", "<none>") } else { text.line(0, "MountOptions:") }
        for option in options { text.line(1, JSONPath.display(option)) }
        text.optional(0, "ReclaimPolicy", storage.text("reclaimPolicy"))
        text.optional(0, "VolumeBindingMode", storage.text("volumeBindingMode"))
    }
}

enum DescribeNamespace {
    static func append(_ space: Object, to text: inout DescribeText) {
        text.head(space, namespaced: false)
        text.labels(space)
        text.annotations(space)
        text.field(0, "Status", space.text("status", "phase"))
        let conditions = space["status", "conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        text.line(0, "Conditions:")
        text.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage")
        text.line(1, "----\t------\t------------------\t------\t-------")
        for condition in conditions {
            let cells = ["type", "status", "lastTransitionTime", "reason", "message"].map { condition.text($0) ?? "" }
            text.line(1, cells.joined(separator: "\t"))
        }
    }
}

enum DescribeService {
    static func append(_ service: Object, _ slices: [Object], to text: inout DescribeText) {
        text.head(service, namespaced: true)
        text.labels(service)
        text.annotations(service)
        text.field(0, "Selector", LabelText.list(DescribePod.stringMap(service["spec", "selector"])))
        text.field(0, "Type", service.text("spec", "type"))
        text.optional(0, "IP Family Policy", service.text("spec", "ipFamilyPolicy"))
        text.optional(0, "IP Families", list(service["spec", "ipFamilies"]))
        text.field(0, "IP", service.text("spec", "clusterIP"))
        text.optional(0, "IPs", list(service["spec", "clusterIPs"]))
        for port in service["spec", "ports"]?.array ?? [] {
            let transport = port.text("protocol") ?? "TCP"
            text.field(0, "Port", "\(port.text("name") ?? "<unset>")  \(port.text("port") ?? "")/\(transport)")
            text.field(0, "TargetPort", "\(port.text("targetPort") ?? port.text("port") ?? "")/\(transport)")
            text.field(0, "Endpoints", endpoints(slices, port: port.text("name") ?? ""))
        }
        text.field(0, "Session Affinity", service.text("spec", "sessionAffinity"))
        text.optional(0, "Internal Traffic Policy", service.text("spec", "internalTrafficPolicy"))
    }

    /// The ready addresses of a port, three at most as kubectl has it.
    private static func endpoints(_ slices: [Object], port name: String) -> String {
        var addresses: [String] = []
        for slice in slices {
            let port = (slice["ports"]?.array ?? []).first { ($0.text("name") ?? "") == name }?.text("port")
            for endpoint in slice["endpoints"]?.array ?? [] where endpoint.at("conditions", "ready")?.bool != false {
                let hosts = endpoint["addresses"]?.array?.map(JSONPath.display) ?? []
                addresses += hosts.map { host in port.map { "\(host):\($0)" } ?? host }
            }
        }
        let more = addresses.count > 3 ? " + \(addresses.count - 3) more..." : ""
        return addresses.prefix(3).joined(separator: ",") + more
    }

    private static func list(_ json: JSON?) -> String {
        json?.array?.map(JSONPath.display).joined(separator: ",") ?? ""
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
