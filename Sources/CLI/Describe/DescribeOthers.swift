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

enum DescribeService {
    static func append(_ service: Object, to text: inout DescribeText) {
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
        }
        text.field(0, "Session Affinity", service.text("spec", "sessionAffinity"))
        text.optional(0, "Internal Traffic Policy", service.text("spec", "internalTrafficPolicy"))
    }

    private static func list(_ json: JSON?) -> String {
        json?.array?.map(JSONPath.display).joined(separator: ",") ?? ""
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
