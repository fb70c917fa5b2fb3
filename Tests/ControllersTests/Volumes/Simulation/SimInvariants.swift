import Objects

@testable import Controllers

/// What must hold whenever the binder has written, whoever else wrote what before.
enum SimInvariants {
    /// `before` and `after` of the objects of one transaction of the binder; `store` is the state after it.
    static func violation(of decision: BindDecision, before: [Object?], store: SimStore) -> String? {
        for (write, old) in zip(decision.writes, before) {
            guard let old else { return "\(write.key) was written though it did not exist" }
            switch write {
            case .volume(let new):
                if let problem = volumeProblem(old, new, decision) { return "\(new.name): \(problem)" }
            case .claim(let new):
                if let problem = claimProblem(old, new, store) { return "\(new.name): \(problem)" }
            }
        }
        return nil
    }

    private static func volumeProblem(_ old: Object, _ new: Object, _ decision: BindDecision) -> String? {
        let before = old["spec", "claimRef", "uid"]?.string ?? ""
        let after = new["spec", "claimRef", "uid"]?.string ?? ""
        if !before.isEmpty, !after.isEmpty, before != after { return "changed hands from \(before) to \(after)" }
        let wasReleased = old["status", "phase"] == "Released" && !before.isEmpty
        if wasReleased, after != before, !after.isEmpty { return "was Released and is bound again" }
        if new["status", "phase"] == "Bound", after.isEmpty { return "Bound to nobody" }
        if old.uid != new.uid { return "is another volume" }
        return nil
    }

    /// A claim that the binder says is Bound has a volume that says the same, in the same revision.
    private static func claimProblem(_ old: Object, _ new: Object, _ store: SimStore) -> String? {
        let before = old["spec", "volumeName"]?.string ?? ""
        let after = new["spec", "volumeName"]?.string ?? ""
        if !before.isEmpty, before != after { return "was moved from \(before) to \(after)" }
        guard new["status", "phase"] == "Bound" else { return nil }
        guard let volume = store.object("PersistentVolume", after) else {
            return "Bound to a volume that does not exist"
        }
        if volume["spec", "claimRef", "uid"]?.string != new.uid { return "Bound to a volume of another claim" }
        if volume["status", "phase"] != "Bound" { return "Bound to a volume that is not" }
        if new.annotation(VolumeAnnotation.bindCompleted) == nil { return "Bound without bind-completed" }
        return nil
    }

    // MARK: When everything has settled

    /// The state that upstream's rules end in, from the objects alone.
    static func unsettled(_ store: SimStore) -> String? {
        let volumes = store.all("PersistentVolume").map(PersistentVolume.init)
        let claims = store.all("PersistentVolumeClaim").map(PersistentVolumeClaim.init)
        let classes = store.all("StorageClass").map { StorageClass($0) }
        for claim in claims {
            if let problem = unsettled(claim, volumes, classes) { return "claim \(claim.key.name): \(problem)" }
        }
        for volume in volumes {
            if let problem = unsettled(volume, claims) { return "volume \(volume.name): \(problem)" }
        }
        let owners = claims.filter { $0.phase == "Bound" }.map(\.volumeName)
        if Set(owners).count != owners.count { return "two claims are Bound to one volume" }
        let owned = volumes.filter { $0.phase == .bound }.compactMap(\.claimRef?.uid)
        if Set(owned).count != owned.count { return "two volumes are Bound to one claim" }
        return nil
    }

    private static func unsettled(
        _ claim: PersistentVolumeClaim, _ volumes: [PersistentVolume], _ classes: [StorageClass]
    ) -> String? {
        let named = volumes.first { $0.name == claim.volumeName }
        if claim.isBindCompleted {
            let isMutual = named?.claimRef?.uid == claim.uid
            return claim.phase == (isMutual ? "Bound" : "Lost") ? nil : "is \(claim.phase), its volume says otherwise"
        }
        if !claim.volumeName.isEmpty {
            guard let named else { return nil }
            if named.isBound(to: claim) { return "half bound to \(named.name)" }
            if named.claimRef == nil, BinderView.mismatch(named, claim) == nil { return "\(named.name) is free for it" }
            return nil
        }
        if claim.statedClassName == nil, StorageClass.default(of: classes) != nil { return "has not the default class" }
        let waits = classes.first { $0.name == claim.className }?.waitsForFirstConsumer ?? false
        let fits = volumes.first { volume in
            guard !volume.isBeingDeleted else { return false }
            if volume.isBound(to: claim) {
                return volume.capacity >= claim.request && volume.volumeMode == claim.volumeMode
                    && volume.accessModes.isSuperset(of: claim.accessModes)
            }
            return !waits && volume.claimRef == nil && BestMatch.fits(volume, claim)
        }
        return fits.map { "\($0.name) would fit" }
    }

    private static func unsettled(_ volume: PersistentVolume, _ claims: [PersistentVolumeClaim]) -> String? {
        guard let reference = volume.claimRef, !reference.uid.isEmpty else {
            return volume.phase == .available ? nil : "is \(volume.phase) and nobody's"
        }
        guard let claim = claims.first(where: { $0.key == reference.key && $0.uid == reference.uid }) else {
            return volume.phase == .released || volume.phase == .failed
                ? nil : "is \(volume.phase) and its claim is gone"
        }
        if claim.volumeName == volume.name, volume.phase != .bound { return "is \(volume.phase) though bound" }
        return nil
    }
}
