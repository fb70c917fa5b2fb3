import Objects

/// Which volume a claim gets, as `FindMatchingVolume` of k8s.io/component-helpers and `index.go` of the persistent
/// volume controller decide it: among volumes with the fewest access modes first one that names the claim, else the
/// smallest that is large enough.
package enum BestMatch {
    /// `delaysBinding`: the claim's class waits for a consumer, so only a volume that names the claim may be taken.
    package static func find(
        for claim: PersistentVolumeClaim, in index: VolumeIndex, delaysBinding: Bool
    ) -> PersistentVolume? {
        let named = preBound(to: claim, in: index)
        guard !delaysBinding else { return named }
        let smallest = index.free(
            className: claim.className, volumeMode: claim.volumeMode, atLeast: claim.accessModes,
            minimum: claim.request, where: { accepts($0, claim) })
        guard let named else { return smallest }
        guard let smallest else { return named }
        // Upstream searches set of modes by set of modes, so a free volume with fewer modes comes before a volume that
        // names the claim and offers more.
        return smallest.accessModes.count < named.accessModes.count ? smallest : named
    }

    /// What the index does not know: labels and the attributes class.
    package static func accepts(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> Bool {
        guard volume.attributesClassName == claim.attributesClassName else { return false }
        guard let selector = claim.selector else { return true }
        return selector.matches(volume.object)
    }

    /// Whether a claim that waits could take this free volume; the same rules as `find`.
    package static func fits(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> Bool {
        volume.className == claim.className && volume.volumeMode == claim.volumeMode
            && volume.accessModes.isSuperset(of: claim.accessModes) && volume.capacity >= claim.request
            && accepts(volume, claim)
    }

    /// A volume that names the claim must be large enough and of the same mode; its class and its labels do not matter,
    /// because whoever wrote the claim's name into it has chosen.
    private static func preBound(to claim: PersistentVolumeClaim, in index: VolumeIndex) -> PersistentVolume? {
        index.volumes(naming: claim.key)
            .filter { volume in
                volume.isBound(to: claim) && !volume.isBeingDeleted && volume.capacity >= claim.request
                    && volume.volumeMode == claim.volumeMode
                    && volume.attributesClassName == claim.attributesClassName
                    && volume.accessModes.isSuperset(of: claim.accessModes)
            }
            .min { left, right in
                (left.accessModes.count, left.capacity, left.name)
                    < (right.accessModes.count, right.capacity, right.name)
            }
    }
}
