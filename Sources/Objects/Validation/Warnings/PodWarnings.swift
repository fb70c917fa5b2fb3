/// Of pods and pod templates (k8s.io/kubernetes, pkg/api/pod/warnings.go).
enum PodWarnings {
    /// `prefix`: where the template is, with a dot behind it.
    static func of(_ template: JSONObject, _ prefix: String) -> [String] {
        let spec = template.object("spec")
        let field = prefix + "spec"
        var found: [String] = []
        for (index, constraint) in spec.objects("topologySpreadConstraints").enumerated()
        where constraint["labelSelector"] == nil && !Warnings.areEnough(found) {
            found.append("\(field).topologySpreadConstraints[\(index)].labelSelector\(matchesNothing)")
        }
        for (index, volume) in spec.objects("volumes").enumerated() where !Warnings.areEnough(found) {
            found += plugins(volume, "\(field).volumes[\(index)]", Array(pluginTexts.keys).sorted())
            if let claim = volume.object("ephemeral")["volumeClaimTemplate"]?.object {
                found += Warnings.claimSpec(
                    claim.object("spec"), "\(field).volumes[\(index)].ephemeral.volumeClaimTemplate.spec")
            }
        }
        found += repeated("hostAliases", "ip", spec, field) + repeated("imagePullSecrets", "name", spec, field)
        for part in containers(spec, field) where !Warnings.areEnough(found) {
            found += container(part.container, part.field)
        }
        found += ports(spec, field)
        found += affinity(spec.object("affinity"), "\(field).affinity")
        return found
    }

    private static let matchesNothing = ": a null labelSelector results in matching no pod"

    private static func containers(_ spec: JSONObject, _ field: String) -> [(container: JSONObject, field: String)] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            spec.objects(list).enumerated().map { ($1, "\(field).\(list)[\($0)]") }
        }
    }

    // MARK: Volumes

    private static let pluginTexts = [
        "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
        "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
        "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
        "flocker": "deprecated in v1.22, non-functional in v1.25+",
        "storageos": "deprecated in v1.22, non-functional in v1.25+",
        "quobyte": "deprecated in v1.22, non-functional in v1.25+",
        "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
        "cephfs": "deprecated in v1.28, non-functional in v1.31+",
        "rbd": "deprecated in v1.28, non-functional in v1.31+",
    ]

    static func plugins(_ source: JSONObject, _ field: String, _ names: [String]) -> [String] {
        names.compactMap { name in
            guard source[name]?.object != nil, let text = pluginTexts[name] else { return nil }
            // One name is spelt as in upstream's program.
            return "\(field).\(name == "storageos" ? "storageOS" : name): \(text)"
        }
    }

    // MARK: Lists

    private static func repeated(_ list: String, _ key: String, _ spec: JSONObject, _ field: String) -> [String] {
        var seen: Set<String> = []
        var found: [String] = []
        for (index, item) in spec.objects(list).enumerated()
        where !seen.insert(item.text(key)).inserted && !Warnings.areEnough(found) {
            found.append("\(field).\(list)[\(index)].\(key): duplicate \(key) \(GoQuote.quote(item.text(key)))")
        }
        guard list == "imagePullSecrets" else { return found }
        for (index, item) in spec.objects(list).enumerated()
        where item.text(key).isEmpty && !Warnings.areEnough(found) {
            found.append("\(field).\(list)[\(index)].\(key): invalid empty name \"\"")
        }
        return found
    }

    private static func container(_ container: JSONObject, _ field: String) -> [String] {
        let resources = container.object("resources")
        var found: [String] = []
        for name in ["memory", "ephemeral-storage"] {
            for list in ["limits", "requests"] {
                found += Warnings.fraction(resources.object(list), [name], "\(field).resources.\(list)")
            }
        }
        var seen: Set<String> = []
        for (index, variable) in container.objects("env").enumerated() where !Warnings.areEnough(found) {
            let name = variable.text("name")
            if seen.insert(name).inserted { continue }
            let value = variable.text("value")
            let reference = "$(\(name))"
            // X=$(X)y goes on with the old value.
            if variable["valueFrom"] == nil, value != reference, value.contains(reference) { continue }
            found.append(
                "\(field).env[\(index)]: hides previous definition of \(GoQuote.quote(name)), which may be dropped when "
                    + "using apply")
        }
        return found
    }

    // MARK: Ports

    private static func ports(_ spec: JSONObject, _ field: String) -> [String] {
        var known = KnownPorts()
        var names: [String: String] = [:]
        var found: [String] = []
        var doubled: [String] = []
        for (container, path) in containers(spec, field) {
            for (index, port) in container.objects("ports").enumerated() where !Warnings.areEnough(found) {
                let place = "\(path).ports[\(index)]"
                found += known.clashes(with: KnownPorts.Port(port, place))
                let name = port.text("name")
                if name.isEmpty || Warnings.areEnough(doubled) { continue }
                if let first = names[name] {
                    doubled.append(
                        "\(place): duplicate port name \(GoQuote.quote(name)) with \(first), services and probes that "
                            + "select ports by name will use \(first)")
                } else {
                    names[name] = place
                }
            }
        }
        return found + doubled
    }

    // MARK: Affinity

    private static func affinity(_ affinity: JSONObject, _ field: String) -> [String] {
        var found: [String] = []
        for kind in ["podAffinity", "podAntiAffinity"] {
            for list in [
                "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution",
            ] {
                for (index, item) in affinity.object(kind).objects(list).enumerated()
                where !Warnings.areEnough(found) {
                    let isWeighted = list.hasPrefix("preferred")
                    let term = isWeighted ? item.object("podAffinityTerm") : item
                    if term["labelSelector"] != nil { continue }
                    let place = "\(field).\(kind).\(list)[\(index)]" + (isWeighted ? ".podAffinityTerm" : "")
                    found.append("\(place).labelSelector\(matchesNothing)")
                }
            }
        }
        return found
    }
}

/// The ports met so far, by what makes another one clash with them: each pair would be looked at otherwise.
private struct KnownPorts {
    struct Port {
        var place: String
        /// With its protocol.
        var number: String
        var host: Int64
        var address: String
        /// Among all ports.
        var order = 0

        init(_ port: JSONObject, _ place: String) {
            self.place = place
            number = "\(port.number("containerPort") ?? 0)/\(port.text("protocol"))"
            host = port.number("hostPort") ?? 0
            address = port.text("hostIP")
        }
    }

    /// Ports of one number that are alike in what is not nil.
    private struct Group: Hashable {
        var number: String
        var host: Int64?
        var address: String?
        var hasAddress: Bool?
    }

    private var groups: [Group: [Port]] = [:]
    private var count = 0

    /// What is to be said of one more port and those before it, in their order.
    mutating func clashes(with port: Port) -> [String] {
        let before = rivals(of: port)
            .flatMap { (groups[$0] ?? []).prefix(Warnings.maximumCount) }
            .sorted { $0.order < $1.order }
            .prefix(Warnings.maximumCount)
        add(port)
        return before.map { Self.text(port, $0) }
    }

    /// No port is in two of them.
    private func rivals(of port: Port) -> [Group] {
        // A port of no host overlaps with every other one.
        if port.host == 0 { return [Group(number: port.number)] }
        let same = Group(number: port.number, host: port.host, address: port.address)
        let unclear =
            port.address.isEmpty
            ? Group(number: port.number, host: port.host, hasAddress: true)
            : Group(number: port.number, host: port.host, address: "")
        return [Group(number: port.number, host: 0), same, unclear]
    }

    private mutating func add(_ port: Port) {
        var port = port
        port.order = count
        count += 1
        for group in [
            Group(number: port.number), Group(number: port.number, host: port.host),
            Group(number: port.number, host: port.host, address: port.address),
            Group(number: port.number, host: port.host, hasAddress: !port.address.isEmpty),
        ] {
            groups[group, default: []].append(port)
        }
    }

    private static func text(_ port: Port, _ other: Port) -> String {
        if port.host == other.host, port.address == other.address {
            return "\(port.place): duplicate port definition with \(other.place)"
        }
        let what = port.host == 0 || other.host == 0 ? "overlapping" : "dangerously ambiguous"
        return "\(port.place): \(what) port definition with \(other.place)"
    }
}
