import Objects

/// The variables of a container, in order: envFrom, then env; a later one of the same name wins.
struct Environment {
    var pod: PodSpec
    var container: ContainerSpec
    var inputs: PodInputs

    func values() throws(NodeError) -> [(name: String, value: String)] {
        var variables = Variables()
        for source in container.json["envFrom"]?.array ?? [] { try add(source, to: &variables) }
        for variable in container.json["env"]?.array ?? [] {
            guard let name = variable["name"]?.string else { continue }
            if let reference = variable["valueFrom"], reference.object != nil {
                if let value = try value(of: reference) { variables.set(name, value) }
            } else {
                variables.set(name, Expansion.expand(variable["value"]?.string ?? "", variables.map))
            }
        }
        return variables.list
    }

    private struct Variables {
        var list: [(name: String, value: String)] = []
        var map: [String: String] = [:]

        mutating func set(_ name: String, _ value: String) {
            if map.updateValue(value, forKey: name) != nil { list.removeAll { $0.name == name } }
            list.append((name, value))
        }
    }

    private func add(_ source: JSON, to variables: inout Variables) throws(NodeError) {
        let prefix = source["prefix"]?.string ?? ""
        for (field, resource) in [("configMapRef", ResourceName.configMaps), ("secretRef", .secrets)] {
            guard let reference = source[field], let name = reference["name"]?.string else { continue }
            let entries = try inputs.entries(
                resource, pod.namespace, name, optional: reference["optional"]?.bool ?? false)
            for (key, value) in (entries ?? [:]).sorted(by: { $0.key < $1.key }) {
                variables.set(prefix + key, String(decoding: value, as: UTF8.self))
            }
        }
    }

    private func value(of reference: JSON) throws(NodeError) -> String? {
        let fields = FieldReference(pod: pod, inputs: inputs)
        if let path = reference.at("fieldRef", "fieldPath")?.string { return try fields.value(fieldPath: path) }
        if let resource = reference["resourceFieldRef"], resource.object != nil {
            return try fields.value(resource: resource, container: container)
        }
        for (field, resource) in [("configMapKeyRef", ResourceName.configMaps), ("secretKeyRef", .secrets)] {
            if let selector = reference[field], selector.object != nil { return try keyed(selector, resource) }
        }
        throw NodeError(.configuration, "container \(container.name) has a valueFrom that this node does not know")
    }

    private func keyed(_ selector: JSON, _ resource: ResourceName) throws(NodeError) -> String? {
        let name = selector["name"]?.string ?? ""
        let key = selector["key"]?.string ?? ""
        let optional = selector["optional"]?.bool ?? false
        guard let entries = try inputs.entries(resource, pod.namespace, name, optional: optional) else { return nil }
        if let value = entries[key] { return String(decoding: value, as: UTF8.self) }
        if optional { return nil }
        let kind = resource == .secrets ? "Secret" : "ConfigMap"
        throw NodeError(.configuration, "couldn't find key \(key) in \(kind) \(pod.namespace)/\(name)")
    }
}
