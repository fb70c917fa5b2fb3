package import Objects

/// What to do about an object's protection finalizer
/// (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection).
package enum ProtectionDecision: Sendable, Hashable {
    case nothing
    /// The object lacks the finalizer: it is older than the admission that adds it, or somebody took it away.
    case add
    /// The object is to be deleted and nothing uses it.
    case remove

    /// A claim is in use by a pod that has a node: the node may have mounted its volume.
    package static func decide(claim: Object, isUsed: Bool) -> ProtectionDecision {
        decide(claim, finalizer: VolumeFinalizer.claimProtection, isUsed: isUsed)
    }

    /// A volume is in use while it is bound.
    package static func decide(volume: Object) -> ProtectionDecision {
        let isUsed = volume["status", "phase"]?.string == PersistentVolume.Phase.bound.rawValue
        return decide(volume, finalizer: VolumeFinalizer.volumeProtection, isUsed: isUsed)
    }

    private static func decide(_ object: Object, finalizer: String, isUsed: Bool) -> ProtectionDecision {
        let isProtected = object.finalizers.contains(finalizer)
        if object.isBeingDeleted {
            return isProtected && !isUsed ? .remove : .nothing
        } else {
            return isProtected ? .nothing : .add
        }
    }

    /// The object with or without the finalizer.
    package func applied(to object: Object, finalizer: String) -> Object {
        var object = object
        switch self {
        case .nothing: break
        case .add: object.finalizers = object.finalizers.filter { $0 != finalizer } + [finalizer]
        case .remove: object.finalizers = object.finalizers.filter { $0 != finalizer }
        }
        return object
    }
}

/// Which pods keep a claim in use.
package enum ClaimUse {
    /// Only a pod with a node counts: before that nothing can have mounted the claim, and a pod that would be given a
    /// node later is refused because the claim is being deleted.
    package static func uses(_ pod: Object, _ claim: Object) -> Bool {
        guard pod.namespace == claim.namespace, pod["spec", "nodeName"]?.string?.isEmpty == false else { return false }
        return (pod["spec", "volumes"]?.array ?? []).contains { volume in
            if let name = volume.at("persistentVolumeClaim", "claimName")?.string { return name == claim.name }
            guard let ephemeral = volume["ephemeral"], !ephemeral.isNull, !isShutDown(pod) else { return false }
            return isControlled(claim, by: pod) && EphemeralClaimDecision.claimName(pod, volume) == claim.name
        }
    }

    /// The claim was made for this pod.
    package static func isControlled(_ claim: Object, by pod: Object) -> Bool {
        (claim["metadata", "ownerReferences"]?.array ?? []).contains {
            $0["controller"]?.bool == true && $0["uid"]?.string == pod.uid
        }
    }

    /// The node is done with it, or it was deleted by force. Without this a pod that waits for its ephemeral claim to go
    /// and the claim that waits for the pod would wait for ever.
    private static func isShutDown(_ pod: Object) -> Bool {
        pod.isBeingDeleted && pod["metadata", "deletionGracePeriodSeconds"]?.integer == 0
    }
}
