import Objects

/// The new states that bind or unbind a pair. They are pure: from objects to objects, and an object that already is as
/// it should be is not written.
enum BindingWrites {
    /// Binds volume and claim, spec and status. What upstream needs four writes for
    /// (bindVolumeToClaim, updateVolumePhase, bindClaimToVolume, updateClaimStatus) is at most two objects here.
    ///
    /// The half that needs no write is guarded, so that a pair is only ever completed on what both are now.
    static func bind(_ branch: String, _ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> BindDecision {
        var decision = BindDecision(branch)
        let boundVolume = boundVolume(volume, to: claim)
        let boundClaim = boundClaim(claim, to: volume)
        let writesVolume = boundVolume != volume.object
        let writesClaim = boundClaim != claim.object
        if writesVolume { decision.writes.append(.volume(boundVolume)) }
        if writesClaim { decision.writes.append(.claim(boundClaim)) }
        if writesVolume != writesClaim {
            decision.guards = [writesVolume ? .claim(claim.object) : .volume(volume.object)]
        }
        return decision
    }

    static func boundVolume(_ volume: PersistentVolume, to claim: PersistentVolumeClaim) -> Object {
        var object = volume.object
        if volume.claimRef?.key != claim.key || volume.claimRef?.uid != claim.uid {
            object["spec", "claimRef"] = reference(to: claim)
        }
        // A volume that named the claim before was reserved by a user (or made by a provisioner), not chosen here.
        if !volume.isBound(to: claim), !volume.isBoundByController {
            object.setAnnotation(VolumeAnnotation.boundByController, "yes")
        }
        return phase(.bound, of: object)
    }

    static func boundClaim(_ claim: PersistentVolumeClaim, to volume: PersistentVolume) -> Object {
        var object = claim.object
        if claim.volumeName != volume.name {
            object["spec", "volumeName"] = .string(volume.name)
            if !claim.isBoundByController { object.setAnnotation(VolumeAnnotation.boundByController, "yes") }
        }
        if !claim.isBindCompleted { object.setAnnotation(VolumeAnnotation.bindCompleted, "yes") }
        return boundStatus(object, wasBound: claim.phase == "Bound", volume: volume.object)
    }

    /// Undoes a binding: one that the controller made vanishes, one that a user asked for goes back to being reserved
    /// by name.
    static func unbind(_ volume: PersistentVolume) -> [BindDecision.Write] {
        var object = volume.object
        if volume.isBoundByController {
            object["spec", "claimRef"] = nil
            object.setAnnotation(VolumeAnnotation.boundByController, nil)
            if object.annotations.isEmpty { object["metadata", "annotations"] = nil }
        } else {
            object["spec", "claimRef", "uid"] = nil
        }
        return [.volume(phase(.available, of: object))]
    }

    /// Nothing if the volume has this phase already: a message that says why it failed must not be lost.
    static func setPhase(
        _ phase: PersistentVolume.Phase, of volume: PersistentVolume, message: String = ""
    ) -> [BindDecision.Write] {
        guard volume.phase != phase else { return [] }
        return [.volume(Self.phase(phase, of: volume.object, message: message))]
    }

    /// A claim without volume: no capacity and no modes in its status.
    static func setPhase(_ phase: String, ofUnbound claim: PersistentVolumeClaim) -> [BindDecision.Write] {
        var object = claim.object
        if claim.phase != phase { object["status", "phase"] = .string(phase) }
        for field in ["accessModes", "capacity", "currentVolumeAttributesClassName"]
        where object["status", field] != nil {
            object["status", field] = nil
        }
        return object == claim.object ? [] : [.claim(object)]
    }

    private static func phase(_ phase: PersistentVolume.Phase, of object: Object, message: String = "") -> Object {
        guard object["status", "phase"]?.string != phase.rawValue else { return object }
        var object = object
        object["status", "phase"] = .string(phase.rawValue)
        object["status", "message"] = message.isEmpty ? nil : .string(message)
        return object
    }

    /// Capacity only when the claim becomes bound: afterwards a difference from the volume's can be meant (the file
    /// system is still to grow).
    private static func boundStatus(_ claim: Object, wasBound: Bool, volume: Object) -> Object {
        var claim = claim
        if claim["status", "accessModes"] != volume["spec", "accessModes"] {
            claim["status", "accessModes"] = volume["spec", "accessModes"]
        }
        guard !wasBound else { return claim }
        claim["status", "phase"] = "Bound"
        let attributesClass = volume["spec", "volumeAttributesClassName"]
        if let attributesClass { claim["status", "currentVolumeAttributesClassName"] = attributesClass }
        if let before = volume.annotation(VolumeAnnotation.preResizeCapacity), Quantity(before) != nil {
            claim["status", "capacity", "storage"] = .string(before)
        } else if Quantity(size: claim["status", "capacity", "storage"])
            != Quantity(size: volume["spec", "capacity", "storage"])
        {
            claim["status", "capacity"] = volume["spec", "capacity"]
        }
        return claim
    }

    /// As client-go's `reference.GetReference` makes it.
    private static func reference(to claim: PersistentVolumeClaim) -> JSON {
        var reference: JSON = [
            "kind": "PersistentVolumeClaim", "namespace": .string(claim.key.namespace), "name": .string(claim.key.name),
            "uid": .string(claim.uid), "apiVersion": "v1",
        ]
        if !claim.object.resourceVersion.isEmpty {
            reference["resourceVersion"] = .string(claim.object.resourceVersion)
        }
        return reference
    }
}
