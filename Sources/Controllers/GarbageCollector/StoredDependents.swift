import Objects
import Registry

extension Registry {
    /// Who depends on an object as the store has it now, whatever the graph has seen so far. This reads all that may
    /// depend on it, so it is asked once, before the object goes.
    func dependents(of owner: Object, at key: ObjectKey) throws(Status) -> [GarbageGraph.Dependent] {
        let uid = Array(owner.uid.utf8)
        var found: [GarbageGraph.Dependent] = []
        for kind in catalog.kinds where kind.resource != ResourceName.events.resource {
            // Dependents of a namespaced object are in its namespace.
            if !key.namespace.isEmpty, !kind.namespaced { continue }
            let resource = ResourceName(kind.resource, group: kind.group)
            var named: [(bytes: [UInt8], revision: Int64)] = []
            _ = try visitPage(resource, namespace: key.namespace, options: ListOptions()) { bytes, revision in
                // Nearly everything does not name it, and is not decoded.
                if StoredText.holds(uid, in: bytes) { named.append((Array(bytes), revision)) }
            }
            for one in named {
                let object = try ObjectCoding.decode(one.bytes, revision: one.revision)
                if let dependent = StoredDependents.dependent(object, resource, of: owner.uid) {
                    found.append(dependent)
                }
            }
        }
        return found
    }
}

/// Pure.
enum StoredDependents {
    static func dependent(_ object: Object, _ resource: ResourceName, of uid: String) -> GarbageGraph.Dependent? {
        let owners = object.ownerReferences
        guard owners.contains(where: { $0.uid == uid }) else { return nil }
        return GarbageGraph.Dependent(
            key: ObjectKey(resource, namespace: object.namespace, name: object.name), uid: object.uid,
            owners: owners, isWaiting: object.isInForegroundDeletion)
    }
}
