import Objects

extension TablePrinter {
    static let namespaces = TablePrinter(columns: [.name("Name"), .name("Status"), .name("Age")]) { item, now in
        [.string(item.name), item.cell("status", "phase"), item.age(now)]
    }

    static let configMaps = TablePrinter(columns: [.name("Name"), .name("Data"), .name("Age")]) { item, now in
        let count = (item["data"]?.object?.count ?? 0) + (item["binaryData"]?.object?.count ?? 0)
        return [.string(item.name), .integer(Int64(count)), item.age(now)]
    }

    static let secrets = TablePrinter(columns: [
        .name("Name"), .name("Type"), .name("Data"), .name("Age"),
    ]) { item, now in
        [.string(item.name), item.cell("type"), .integer(Int64(item["data"]?.object?.count ?? 0)), item.age(now)]
    }

    static let nodes = TablePrinter(columns: [
        .name("Name"), .name("Status"), .name("Roles"), .name("Age"), .name("Version"), .wide("Internal-IP"),
        .wide("External-IP"), .wide("OS-Image"), .wide("Kernel-Version"), .wide("Container-Runtime"),
    ]) { node, now in
        [
            .string(node.name), .string(nodeStatus(node)), .string(nodeRoles(node)), node.age(now),
            node.cell("status", "nodeInfo", "kubeletVersion"), .string(address(node, "InternalIP")),
            .string(address(node, "ExternalIP")), node.cell("status", "nodeInfo", "osImage", missing: "<unknown>"),
            .string(kernel(node)),
            node.cell("status", "nodeInfo", "containerRuntimeVersion", missing: "<unknown>"),
        ]
    }

    private static func kernel(_ node: Object) -> String {
        let version = node["status", "nodeInfo", "kernelVersion"]?.string ?? ""
        let machine = node["status", "nodeInfo", "architecture"]?.string ?? ""
        return (version.isEmpty ? "<unknown>" : version) + (machine.isEmpty ? "" : " (\(machine))")
    }

    private static func nodeStatus(_ node: Object) -> String {
        let ready = (node["status", "conditions"]?.array ?? []).first { $0["type"] == "Ready" }
        let state = ready.map { $0["status"] == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        return state + (node["spec", "unschedulable"]?.bool == true ? ",SchedulingDisabled" : "")
    }

    private static func nodeRoles(_ node: Object) -> String {
        let prefix = "node-role.kubernetes.io/"
        var roles: Set<String> = []
        for (key, value) in node.labels {
            if key.hasPrefix(prefix), key.utf8.count > prefix.utf8.count {
                roles.insert(String(key.dropFirst(prefix.count)))
            } else if key == "kubernetes.io/role", !value.isEmpty {
                roles.insert(value)
            }
        }
        return roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
    }

    private static func address(_ node: Object, _ type: String) -> String {
        (node["status", "addresses"]?.array ?? []).first { $0["type"]?.string == type }?["address"]?.string ?? "<none>"
    }
}
