import Objects

/// Volumes that are files made of other objects: configMap, secret, downwardAPI and projected.
struct FileVolumes {
    var pod: PodSpec
    var inputs: PodInputs

    /// Nil for any other kind of volume.
    func plan(_ volume: JSON) throws(NodeError) -> PlannedVolume? {
        if let source = volume["configMap"], source.object != nil {
            return .files(try files(.configMaps, source, source["name"], mode(source)), inMemory: false)
        }
        if let source = volume["secret"], source.object != nil {
            return .files(try files(.secrets, source, source["secretName"], mode(source)), inMemory: true)
        }
        if let source = volume["downwardAPI"], source.object != nil {
            return .files(try downward(source, mode(source)), inMemory: false)
        }
        guard let projected = volume["projected"], projected.object != nil else { return nil }
        var all: [PlannedVolume.File] = []
        for source in projected["sources"]?.array ?? [] { all += try self.projected(source, mode(projected)) }
        return .files(all, inMemory: true)
    }

    private func mode(_ source: JSON) -> UInt32 { UInt32(exactly: source["defaultMode"]?.integer ?? 0o644) ?? 0o644 }

    private func projected(_ source: JSON, _ mode: UInt32) throws(NodeError) -> [PlannedVolume.File] {
        if let map = source["configMap"], map.object != nil { return try files(.configMaps, map, map["name"], mode) }
        if let secret = source["secret"], secret.object != nil {
            return try files(.secrets, secret, secret["name"], mode)
        }
        if let downward = source["downwardAPI"], downward.object != nil { return try self.downward(downward, mode) }
        let kind = source.object?.keys.first ?? "empty"
        throw NodeError(.volume, "this node does not project \(kind) sources: nobody here issues tokens or bundles")
    }

    private func files(_ resource: ResourceName, _ source: JSON, _ name: JSON?, _ mode: UInt32) throws(NodeError)
        -> [PlannedVolume.File]
    {
        let optional = source["optional"]?.bool ?? false
        let name = name?.string ?? ""
        guard let entries = try inputs.entries(resource, pod.namespace, name, optional: optional) else { return [] }
        guard let items = source["items"]?.array else {
            return entries.sorted { $0.key < $1.key }.map { .init(path: $0.key, bytes: $0.value, mode: mode) }
        }
        var files: [PlannedVolume.File] = []
        for item in items {
            let key = item["key"]?.string ?? ""
            guard let bytes = entries[key] else {
                if optional { continue }
                throw NodeError(.volume, "\(resource.resource) \"\(name)\" has no key \"\(key)\"")
            }
            files.append(.init(path: item["path"]?.string ?? key, bytes: bytes, mode: itemMode(item) ?? mode))
        }
        return files
    }

    private func itemMode(_ item: JSON) -> UInt32? { item["mode"]?.integer.flatMap { UInt32(exactly: $0) } }

    private func downward(_ source: JSON, _ mode: UInt32) throws(NodeError) -> [PlannedVolume.File] {
        let fields = FieldReference(pod: pod, inputs: inputs)
        var files: [PlannedVolume.File] = []
        for item in source["items"]?.array ?? [] {
            let text: String
            if let path = item.at("fieldRef", "fieldPath")?.string {
                text = try fields.value(fieldPath: path)
            } else {
                let reference = item["resourceFieldRef"] ?? .null
                let container = reference["containerName"]?.string.flatMap { pod.container($0) }
                text = try fields.value(resource: reference, container: container ?? ContainerSpec(.null))
            }
            files.append(
                .init(path: item["path"]?.string ?? "", bytes: Array(text.utf8), mode: itemMode(item) ?? mode))
        }
        return files
    }
}
