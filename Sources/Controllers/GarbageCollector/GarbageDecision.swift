package import Objects

/// How the garbage collector sees an owner of an object.
package enum OwnerState: Sendable, Equatable {
    /// It exists and stays.
    case solid
    /// It exists and waits for its dependents to go first (foreground deletion).
    case waiting
    /// No object has this kind, name and UID.
    case gone
    /// This server does not know the kind, so nobody can say whether it exists.
    case unknown
}

/// What the garbage collector does with one object; upstream's `attemptToDeleteItem`
/// (kubernetes/pkg/controller/garbagecollector; https://kubernetes.io/docs/concepts/architecture/garbage-collection/).
package enum GarbageDecision: Sendable, Equatable {
    case nothing
    case delete(Propagation)
    /// These owners are gone or going, and others remain.
    case removeOwners(Set<String>)
    /// Foreground deletion: these dependents hold their owner up.
    case deleteDependents([GarbageGraph.Dependent])
    /// Orphan deletion: these dependents lose their owner and stay.
    case orphanDependents([GarbageGraph.Dependent])
    /// The object waited for its dependents, and none is left.
    case removeFinalizer(String)

    package enum Propagation: Sendable, Equatable { case orphan, background, foreground }

    /// - Parameter waiting: the UIDs of objects in foreground deletion that cannot go before this one.
    package static func decide(
        _ object: Object, owners: [(reference: OwnerReference, state: OwnerState)],
        dependents: [GarbageGraph.Dependent], waiting: Set<String> = []
    ) -> GarbageDecision {
        if object.isBeingDeleted { return finish(object, dependents, waiting) }
        guard !owners.isEmpty else { return .nothing }
        let leaving = owners.filter { $0.state == .gone || $0.state == .waiting }
        if leaving.count < owners.count {
            return leaving.isEmpty ? .nothing : .removeOwners(Set(leaving.map(\.reference.uid)))
        }
        // Nobody is left who wants the object.
        if owners.contains(where: { $0.state == .waiting }), !dependents.isEmpty { return .delete(.foreground) }
        if object.finalizers.contains(GarbageFinalizer.orphan) { return .delete(.orphan) }
        if object.finalizers.contains(GarbageFinalizer.foreground) { return .delete(.foreground) }
        return .delete(.background)
    }

    /// In the foreground an object waits for its dependents, but not for itself, and not for one that can only go after
    /// it: of objects that own each other in a circle nobody could go first. (Upstream makes the owner references of
    /// one of them non-blocking, if it sees the circle before it is complete.)
    private static func finish(
        _ object: Object, _ dependents: [GarbageGraph.Dependent], _ waiting: Set<String>
    ) -> GarbageDecision {
        if object.finalizers.contains(GarbageFinalizer.orphan) {
            return dependents.isEmpty
                ? .removeFinalizer(GarbageFinalizer.orphan) : .orphanDependents(dependents)
        }
        guard object.isInForegroundDeletion else { return .nothing }
        let blocking = dependents.filter { dependent in
            dependent.blocks(object.uid) && dependent.uid != object.uid
                && !(dependent.isWaiting && waiting.contains(dependent.uid))
        }
        if blocking.isEmpty { return .removeFinalizer(GarbageFinalizer.foreground) }
        // Those that wait for their own dependents are on their way.
        let idle = blocking.filter { !$0.isWaiting }
        return idle.isEmpty ? .nothing : .deleteDependents(idle)
    }
}
