package import Objects

/// Who depends on whom, by UID. Holds only objects that have owners: whether an owner exists is asked of the store
/// when it matters, so memory grows with dependents and not with everything there is.
package struct GarbageGraph: Sendable {
    package struct Dependent: Sendable, Hashable {
        package var key: ObjectKey
        package var uid: String
        package var owners: [OwnerReference]
        /// It waits for its own dependents to go first (foreground deletion).
        package var isWaiting = false

        /// The owner must not go before this one has gone.
        package func blocks(_ owner: String) -> Bool { owners.contains { $0.uid == owner && $0.blocksOwnerDeletion } }
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
            concerned.formUnion(setWaiting(key, new))
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

    /// The objects in foreground deletion that cannot go before this one, because they own it or own such an object.
    package func waiting(for uid: String) -> Set<String> {
        var found: Set<String> = []
        var rest = [uid]
        while let next = rest.popLast() {
            for owner in dependents[next]?.owners ?? [] where owner.blocksOwnerDeletion {
                guard dependents[owner.uid]?.isWaiting == true, found.insert(owner.uid).inserted else { continue }
                rest.append(owner.uid)
            }
        }
        return found
    }

    /// The store does not have this object any more, and nobody said so.
    ///
    /// - Returns: the objects to look at because of that.
    package mutating func forget(_ key: GarbageKey) -> Set<GarbageKey> {
        guard let known = dependents[key.uid] else { return [] }
        let place = GarbageKey(known.key, known.uid)
        return setOwners(place, known.owners, [], isGone: true).union(dependentKeys(of: key.uid))
    }

    /// All objects of a resource were shown anew, and these are there: others that were known are gone, and so are
    /// others that somebody names as an owner.
    package mutating func keep(only uids: Set<String>, of resource: ResourceName) -> Set<GarbageKey> {
        var concerned: Set<GarbageKey> = []
        for dependent in Array(dependents.values) {
            let key = GarbageKey(dependent.key, dependent.uid)
            if dependent.key.resource == resource, !uids.contains(dependent.uid) {
                concerned.formUnion(forget(key))
            } else if dependent.owners.contains(where: { $0.resource?.name == resource && !uids.contains($0.uid) }) {
                concerned.insert(key)
            }
        }
        return concerned
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
        }
        // An owner that waits for its dependents has one less to wait for.
        concerned.formUnion(ownerKeys(key, before))
        for owner in after { byOwner[owner.uid, default: []].insert(key.uid) }
        dependents[key.uid] =
            after.isEmpty || isGone ? nil : Dependent(key: key.object, uid: key.uid, owners: after)
        return concerned
    }

    private mutating func setWaiting(_ key: GarbageKey, _ object: Object) -> Set<GarbageKey> {
        guard let known = dependents[key.uid] else { return [] }
        let waits = object.isInForegroundDeletion
        dependents[key.uid]?.isWaiting = waits
        // From now on it and an owner that waits for it may be waiting for each other.
        return waits && !known.isWaiting ? ownerKeys(key, known.owners) : []
    }

    private func ownerKeys(_ dependent: GarbageKey, _ owners: [OwnerReference]) -> Set<GarbageKey> {
        var keys: Set<GarbageKey> = []
        for owner in owners {
            guard let resource = owner.resource else { continue }
            let namespace = resource.isNamespaced ? dependent.object.namespace : ""
            keys.insert(GarbageKey(ObjectKey(resource.name, namespace: namespace, name: owner.name), owner.uid))
        }
        return keys
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

extension Object {
    /// It is there only until its dependents have gone.
    package var isInForegroundDeletion: Bool { isBeingDeleted && finalizers.contains(GarbageFinalizer.foreground) }
}

extension OwnerReference {
    /// The resource of the owner; nil if this server does not have the kind.
    package var resource: (name: ResourceName, isNamespaced: Bool)? {
        guard let kind = SchemaCatalog.builtin.kind(apiVersion: apiVersion, kind: kind) else { return nil }
        return (ResourceName(kind.resource, group: kind.group), kind.namespaced)
    }
}
