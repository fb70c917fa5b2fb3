/// Defaults that depend on other fields, by type. Constant ones are in the tables.
/// Source: the defaulting and conversion that kube-apiserver does when it decodes v1 objects.
enum DefaultRules {
    typealias Rule = @Sendable (inout FieldSlots) -> Void

    static let byType: [String: Rule] = [
        "Container": ContainerDefaults.container,
        "EphemeralContainer": ContainerDefaults.container,
        "ResourceRequirements": ResourceDefaults.limitsAndRequests,
        "VolumeResourceRequirements": ResourceDefaults.limitsAndRequests,
        "PersistentVolumeSpec": ResourceDefaults.capacity,
        "PersistentVolumeClaimStatus": ResourceDefaults.capacity,
        "NodeStatus": ResourceDefaults.node,
        "NodeSpec": AddressDefaults.node,
        "Volume": VolumeDefaults.volume,
        "Pod": PodDefaults.pod,
        "PodSpec": PodDefaults.spec,
        "PodStatus": AddressDefaults.podStatus,
        "Service": ServiceDefaults.service,
        "ServiceSpec": ServiceDefaults.spec,
        "Namespace": NamespaceDefaults.namespace,
        "Secret": SecretDefaults.secret,
        "StatefulSetSpec": StatefulSetDefaults.spec,
        "StatefulSetUpdateStrategy": StatefulSetDefaults.updateStrategy,
    ]
}

enum NamespaceDefaults {
    /// Every namespace carries its name as a label, so that selectors can name it.
    @Sendable static func namespace(_ slots: inout FieldSlots) {
        guard let name = slots["metadata"]?["name"]?.string, !name.isEmpty, var metadata = slots["metadata"] else {
            return
        }
        if metadata.at("labels", "kubernetes.io/metadata.name")?.string == name { return }
        metadata.set(["labels", "kubernetes.io/metadata.name"], .string(name))
        metadata.sortMembers(of: "labels")
        slots["metadata"] = metadata.normalized(as: "ObjectMeta")
    }
}

enum SecretDefaults {
    /// `stringData` is write-only: it is merged into `data`, where it wins.
    @Sendable static func secret(_ slots: inout FieldSlots) {
        guard let texts = slots["stringData"]?.object, !texts.isEmpty else { return }
        var data = MemberTable(slots["data"]?.object ?? JSONObject())
        for (key, value) in texts { data[key] = .string(Base64.encode(Array((value.string ?? "").utf8))) }
        slots["stringData"] = nil
        slots["data"] = JSON.object(data.object).withSortedMembers
    }
}

enum AddressDefaults {
    /// The single address and the list of addresses say the same.
    @Sendable static func podStatus(_ slots: inout FieldSlots) {
        let listed = slots["podIPs"]?.array ?? []
        // Where they differ, the single one counts, for clients that know no other.
        if let address = slots["podIP"]?.string, !address.isEmpty, listed.first?["ip"]?.string != address {
            slots["podIPs"] = .array([["ip": .string(address)]])
        } else if let first = listed.first?["ip"], slots.isUnset("podIP") {
            slots["podIP"] = first
        }
    }

    @Sendable static func node(_ slots: inout FieldSlots) {
        let listed = slots["podCIDRs"]?.array ?? []
        if listed.isEmpty, let range = slots["podCIDR"]?.string, !range.isEmpty {
            slots["podCIDRs"] = .array([.string(range)])
        } else if let first = listed.first, slots.isUnset("podCIDR") {
            slots["podCIDR"] = first
        }
    }
}

extension JSON {
    /// Sorted by key, as Go writes a map.
    var withSortedMembers: JSON {
        guard case .object(let object) = self else { return self }
        return .object(JSONObject(object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }))
    }

    mutating func sortMembers(of field: String) { self[field] = self[field]?.withSortedMembers }

    /// What a rule has changed, back in canonical order. A value that does not fit the type stays as it is.
    func normalized(as type: String) -> JSON {
        guard case .object(let object) = self, let index = SchemaTypes.builtin.index(of: type) else { return self }
        var normalizer = Normalizer(fillsDefaults: false)
        guard let normal = try? normalizer.normalize(object, as: index) else { return self }
        return .object(normal)
    }
}
