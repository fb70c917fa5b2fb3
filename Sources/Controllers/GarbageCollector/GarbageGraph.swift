package import Objects

/// Who depends on whom, by UID. Holds only objects that have owners: whether an owner exists is asked of the store
/// when it matters, so memory grows with dependents and not with everything there is.
package struct GarbageGraph: Sendable {
    package struct Dependent: Sendable, Hashable {
        package var key: ObjectKey
        package var uid: String
        package var owners: [OwnerReference]
    }

    private var dependents: [String: Dependent] = [:]
    private var byOwner: [String: Set<String>] = [:]

    package init() {}

    /// - Returns: the objects to look at because of this change. `old` and `new` are the same object's states.
    package mutating func update(_ resource: ResourceName, old: Object?, new: Object?) -> Set<GarbageKey> {
        guard let object = new ?? old else { return [] }
        let key = GarbageKey(ObjectKey(resource, namespace: object.namespace, name: object.name), object.uid)
        var concerned: Set<GarbageKey> = []
        if let replaced = old, let new, replaced.uid != new.uid {
            concerned = update(resource, old: replaced, new: nil)
        }
        let before = dependents[object.uid]?.owners ?? []
        let after = new?.ownerReferences ?? []
        if before != after || new == nil { concerned.formUnion(setOwners(key, before, after, isGone: new == nil)) }
        if let new {
            if isWaiting(new) { concerned.insert(key) }
            if isWaiting(new), !(old.map(isWaiting) ?? false) { concerned.formUnion(dependentKeys(of: new.uid)) }
        } else {
            concerned.formUnion(dependentKeys(of: object.uid))
        }
        return concerned
    }

    package func dependents(of uid: String) -> [Dependent] {
        (byOwner[uid] ?? []).compactMap { dependents[$0] }
    }

    private func dependentKeys(of uid: String) -> [GarbageKey] {
        dependents(of: uid).map { GarbageKey($0.key, $0.uid) }
    }

    private mutating func setOwners(
        _ key: GarbageKey, _ before: [OwnerReference], _ after: [OwnerReference], isGone: Bool
    ) -> Set<GarbageKey> {
        var concerned: Set<GarbageKey> = after.isEmpty ? [] : [key]
        for owner in before {
            byOwner[owner.uid]?.remove(key.uid)
            if byOwner[owner.uid]?.isEmpty == true { byOwner[owner.uid] = nil }
            // An owner that waits for its dependents has one less to wait for.
            if let resource = owner.resource {
                let namespace = resource.isNamespaced ? key.object.namespace : ""
                concerned.insert(
                    GarbageKey(ObjectKey(resource.name, namespace: namespace, name: owner.name), owner.uid))
            }
        }
        for owner in after { byOwner[owner.uid, default: []].insert(key.uid) }
        dependents[key.uid] =
            after.isEmpty || isGone ? nil : Dependent(key: key.object, uid: key.uid, owners: after)
        return concerned
    }

    private func isWaiting(_ object: Object) -> Bool {
        object.isBeingDeleted && object.finalizers.contains { GarbageFinalizer.all.contains($0) }
    }
}

/// One object, not merely whoever has its name.
package struct GarbageKey: Sendable, Hashable {
    package var object: ObjectKey
    package var uid: String

    package init(_ object: ObjectKey, _ uid: String) {
        self.object = object
        self.uid = uid
    }
}

/// The finalizers by which a deletion tells the garbage collector what becomes of the dependents.
package enum GarbageFinalizer {
    package static let foreground = "foregroundDeletion"
    package static let orphan = "orphan"
    static let all: Set = [foreground, orphan]
}

extension OwnerReference {
    /// The resource of the owner; nil if this server does not have the kind.
    package var resource: (name: ResourceName, isNamespaced: Bool)? {
        guard let kind = SchemaCatalog.builtin.kind(apiVersion: apiVersion, kind: kind) else { return nil }
        return (ResourceName(kind.resource, group: kind.group), kind.namespaced)
    }
}
