package import Objects

/// Which objects a set controls, and which it should begin or cease to control
/// (upstream's `ControllerRefManager`; https://kubernetes.io/docs/concepts/architecture/garbage-collection/).
package struct Ownership: Sendable {
    package var owned: [Object] = []
    package var adopted: [Object] = []
    package var released: [Object] = []

    /// - Parameter matches: the set's selector selects the object, and its name is that of a member.
    package init(of candidates: [Object], set: SetSpec, matches: (Object) -> Bool) {
        for object in candidates where object.namespace == set.namespace {
            if let controller = object.controllerReference {
                guard controller.uid == set.uid else { continue }
                if matches(object) {
                    owned.append(object)
                } else if !set.object.isBeingDeleted {
                    released.append(object)
                }
            } else if matches(object), !object.isBeingDeleted, !set.object.isBeingDeleted {
                adopted.append(object)
            }
        }
    }

    /// Nothing has to change hands.
    package var isSettled: Bool { adopted.isEmpty && released.isEmpty }

    package static func adopting(_ object: Object, by set: SetSpec) -> Object {
        var object = object
        object.setOwnerReferences(object.ownerReferences + [set.reference])
        return object
    }

    package static func releasing(_ object: Object, by set: SetSpec) -> Object {
        var object = object
        object.setOwnerReferences(object.ownerReferences.filter { $0.uid != set.uid })
        return object
    }
}
