/// Of pods and pod templates (k8s.io/kubernetes, pkg/api/pod/warnings.go).
enum PodWarnings {
    /// `prefix`: where the template is, with a dot behind it.
    static func of(_ template: JSONObject, _ prefix: String) -> [String] {
        let spec = template.object("spec")
        let field = prefix + "spec"
        var found: [String] = []
        for (index, constraint) in spec.objects("topologySpreadConstraints").enumerated()
        where constraint["labelSelector"] == nil {
            found.append("\(field).topologySpreadConstraints[\(index)].labelSelector\(matchesNothing)")
        }
        for (index, volume) in spec.objects("volumes").enumerated() {
            found += plugins(volume, "\(field).volumes[\(index)]", Array(pluginTexts.keys).sorted())
            if let claim = volume.object("ephemeral")["volumeClaimTemplate"]?.object {
                found += Warnings.claimSpec(
                    claim.object("spec"), "\(field).volumes[\(index)].ephemeral.volumeClaimTemplate.spec")
            }
        }
        found += repeated("hostAliases", "ip", spec, field) + repeated("imagePullSecrets", "name", spec, field)
        found += containers(spec, field).flatMap { container($0.container, $0.field) }
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
        for (index, item) in spec.objects(list).enumerated() where !seen.insert(item.text(key)).inserted {
            found.append("\(field).\(list)[\(index)].\(key): duplicate \(key) \(GoQuote.quote(item.text(key)))")
        }
        guard list == "imagePullSecrets" else { return found }
        for (index, item) in spec.objects(list).enumerated() where item.text(key).isEmpty {
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
        for (index, variable) in container.objects("env").enumerated() {
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
        var known: [String: [(field: String, port: JSONObject)]] = [:]
        var names: [String: String] = [:]
        var found: [String] = []
        var doubled: [String] = []
        for (container, path) in containers(spec, field) {
            for (index, port) in container.objects("ports").enumerated() {
                let place = "\(path).ports[\(index)]"
                let key = "\(port.number("containerPort") ?? 0)/\(port.text("protocol"))"
                found += (known[key] ?? []).compactMap { clash(place, port, $0.field, $0.port) }
                known[key, default: []].append((place, port))
                let name = port.text("name")
                if name.isEmpty { continue }
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

    private static func clash(
        _ place: String, _ port: JSONObject, _ other: String, _ known: JSONObject
    ) -> String? {
        let (host, knownHost) = (port.number("hostPort") ?? 0, known.number("hostPort") ?? 0)
        let (address, knownAddress) = (port.text("hostIP"), known.text("hostIP"))
        if host == knownHost, address == knownAddress {
            return "\(place): duplicate port definition with \(other)"
        }
        if host == 0 || knownHost == 0 { return "\(place): overlapping port definition with \(other)" }
        guard host == knownHost, address.isEmpty != knownAddress.isEmpty else { return nil }
        return "\(place): dangerously ambiguous port definition with \(other)"
    }

    // MARK: Affinity

    private static func affinity(_ affinity: JSONObject, _ field: String) -> [String] {
        var found: [String] = []
        for kind in ["podAffinity", "podAntiAffinity"] {
            for list in [
                "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution",
            ] {
                for (index, item) in affinity.object(kind).objects(list).enumerated() {
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
