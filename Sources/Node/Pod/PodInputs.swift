package import Objects

/// Other objects that a pod's containers and volumes are made of, as they were when they were read.
package struct PodInputs: Sendable {
    package private(set) var objects: [ObjectKey: Object]
    package var addresses: [String] = []
    package var nodeAddress: String
    package var node: Object

    package init(objects: [ObjectKey: Object] = [:], node: Object, nodeAddress: String) {
        self.objects = objects
        self.node = node
        self.nodeAddress = nodeAddress
    }

    package mutating func set(_ key: ObjectKey, _ object: Object?) { objects[key] = object }

    func object(_ resource: ResourceName, _ namespace: String, _ name: String) -> Object? {
        objects[ObjectKey(resource, namespace: namespace, name: name)]
    }

    /// data and binaryData of a ConfigMap, data of a Secret, decoded.
    ///
    /// - Throws: `NodeError` when it does not exist and is not `optional`
    func entries(_ resource: ResourceName, _ namespace: String, _ name: String, optional: Bool) throws(NodeError)
        -> [String: [UInt8]]?
    {
        guard let object = object(resource, namespace, name) else {
            if optional { return nil }
            throw NodeError(
                .configuration, "\(resource == .secrets ? "secret" : "configmap") \"\(name)\" not found")
        }
        var entries: [String: [UInt8]] = [:]
        for (key, value) in object["data"]?.object ?? JSONObject() {
            let text = value.string ?? ""
            entries[key] = resource == .secrets ? Base64.decode(text) ?? [] : Array(text.utf8)
        }
        for (key, value) in object["binaryData"]?.object ?? JSONObject() {
            entries[key] = Base64.decode(value.string ?? "") ?? []
        }
        return entries
    }
}

/// Which objects have to be read.
package enum PodReferences {
    package static func ofVolumes(_ pod: PodSpec) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        for volume in pod.volumes {
            if let claim = volume.at("persistentVolumeClaim", "claimName")?.string {
                keys.insert(ObjectKey(.persistentVolumeClaims, namespace: pod.namespace, name: claim))
            }
            if volume["ephemeral"]?.object != nil, let name = volume["name"]?.string {
                keys.insert(
                    ObjectKey(.persistentVolumeClaims, namespace: pod.namespace, name: "\(pod.name)-\(name)"))
            }
            for source in [volume] + (volume.at("projected", "sources")?.array ?? []) {
                keys.formUnion(sources(source, pod.namespace))
            }
        }
        return keys
    }

    private static func sources(_ source: JSON, _ namespace: String) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        if let name = source.at("configMap", "name")?.string {
            keys.insert(ObjectKey(.configMaps, namespace: namespace, name: name))
        }
        if let name = source.at("secret", "secretName")?.string ?? source.at("secret", "name")?.string {
            keys.insert(ObjectKey(.secrets, namespace: namespace, name: name))
        }
        return keys
    }

    package static func ofEnvironment(_ container: ContainerSpec, _ namespace: String) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        let sources =
            (container.json["envFrom"]?.array ?? []).map { ($0.at("configMapRef", "name"), $0.at("secretRef", "name")) }
            + (container.json["env"]?.array ?? []).map {
                ($0.at("valueFrom", "configMapKeyRef", "name"), $0.at("valueFrom", "secretKeyRef", "name"))
            }
        for (map, secret) in sources {
            if let name = map?.string { keys.insert(ObjectKey(.configMaps, namespace: namespace, name: name)) }
            if let name = secret?.string { keys.insert(ObjectKey(.secrets, namespace: namespace, name: name)) }
        }
        return keys
    }
}
