/// What the binder knows, as one value: the newest state of volumes, claims and classes that it has seen or written
/// itself, and which pods use which claim.
///
/// Why a cache of its own beside the informers': a binding writes two objects, and the binder must know of its own
/// writes before their watch events arrive, or it would decide twice on the same facts and lose a round trip to a
/// conflict. Objects whose write is under way are *busy*: no decision is made about them, and no volume among them is
/// chosen, until the outcome is known.
package struct BinderView: Sendable {
    package private(set) var volumes = VolumeIndex()
    private var claims: [ClaimKey: PersistentVolumeClaim] = [:]
    private var classes: [String: StorageClass] = [:]
    private var waiting = WaitingClaims()
    private var claimsByVolumeName: [String: Set<ClaimKey>] = [:]
    private var podsByClaim: [ClaimKey: [PodUse]] = [:]
    private var busyClaims: Set<ClaimKey> = []

    package init() {}

    package func claim(_ key: ClaimKey) -> PersistentVolumeClaim? { claims[key] }
    package func storageClass(_ name: String) -> StorageClass? { classes[name] }
    package var storageClasses: some Collection<StorageClass> { classes.values }
    package var allClaims: some Collection<PersistentVolumeClaim> { claims.values }
    package var defaultClass: StorageClass? { StorageClass.default(of: classes.values) }
    package func isBusy(_ claim: ClaimKey) -> Bool { busyClaims.contains(claim) }

    /// Claims whose `spec.volumeName` is this.
    package func claims(naming volume: String) -> [ClaimKey] { (claimsByVolumeName[volume] ?? []).sorted() }
    package func waitingClaims(className: String) -> [ClaimKey] { waiting.keys(className: className).sorted() }
    package func pods(using claim: ClaimKey) -> [PodUse] { podsByClaim[claim] ?? [] }

    package func delaysBinding(_ claim: PersistentVolumeClaim) -> Bool {
        // A class that does not exist delays nothing: the claim then fails to be provisioned and says so.
        claim.className.isEmpty ? false : classes[claim.className]?.waitsForFirstConsumer ?? false
    }

    package func bestMatch(for claim: PersistentVolumeClaim) -> PersistentVolume? {
        BestMatch.find(for: claim, in: volumes, delaysBinding: delaysBinding(claim))
    }

    /// The oldest waiting claim that could take this free volume.
    package func firstClaim(for volume: PersistentVolume) -> PersistentVolumeClaim? {
        guard volumes.isFree(volume) else { return nil }
        let key = waiting.first(className: volume.className, volumeMode: volume.volumeMode) { key in
            guard !busyClaims.contains(key), let claim = claims[key] else { return false }
            return !delaysBinding(claim) && BestMatch.fits(volume, claim)
        }
        return key.flatMap { claims[$0] }
    }

    // MARK: What was seen

    package mutating func put(_ volume: PersistentVolume) { volumes.put(volume) }
    package mutating func removeVolume(_ name: String) { volumes.remove(name) }
    package mutating func put(_ storageClass: StorageClass) { classes[storageClass.name] = storageClass }
    package mutating func removeClass(_ name: String) { classes[name] = nil }

    package mutating func put(_ claim: PersistentVolumeClaim) {
        removeClaim(claim.key)
        claims[claim.key] = claim
        if claim.isWaiting { waiting.insert(claim) }
        if !claim.volumeName.isEmpty { claimsByVolumeName[claim.volumeName, default: []].insert(claim.key) }
    }

    package mutating func removeClaim(_ key: ClaimKey) {
        guard let claim = claims.removeValue(forKey: key) else { return }
        waiting.remove(claim)
        claimsByVolumeName[claim.volumeName]?.remove(key)
        if claimsByVolumeName[claim.volumeName]?.isEmpty == true { claimsByVolumeName[claim.volumeName] = nil }
    }

    package mutating func put(_ use: PodUse) {
        for claim in use.claims { podsByClaim[claim, default: []].append(use) }
    }

    package mutating func remove(_ use: PodUse) {
        for claim in use.claims {
            podsByClaim[claim]?.removeAll { $0.pod == use.pod }
            if podsByClaim[claim]?.isEmpty == true { podsByClaim[claim] = nil }
        }
    }

    // MARK: Writes under way

    package mutating func setBusy(volume: String?, claim: ClaimKey?) {
        if let volume { volumes.take(volume) }
        if let claim { busyClaims.insert(claim) }
    }

    package mutating func setIdle(volume: String?, claim: ClaimKey?) {
        if let volume { volumes.giveBack(volume) }
        if let claim { busyClaims.remove(claim) }
    }
}
