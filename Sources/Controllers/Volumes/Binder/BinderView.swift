package import Objects

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
    private var pods: [PodKey: PodUse] = [:]
    private var podsByClaim: [ClaimKey: Set<PodKey>] = [:]
    private var podsByNode: [String: Set<PodKey>] = [:]
    private var nodes: [String: Object] = [:]
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
    package func pods(using claim: ClaimKey) -> [PodUse] { (podsByClaim[claim] ?? []).compactMap { pods[$0] } }
    package func pods(on node: String) -> Set<PodKey> { podsByNode[node] ?? [] }
    package func pod(_ key: PodKey) -> PodUse? { pods[key] }
    package func node(_ name: String) -> Object? { nodes[name] }

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
        let key = waiting.first(for: volume) { key in
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

    /// Pods without claims are of no interest and are not kept.
    package mutating func put(_ use: PodUse) {
        removePod(use.pod)
        guard !use.claims.isEmpty else { return }
        pods[use.pod] = use
        for claim in use.claims { podsByClaim[claim, default: []].insert(use.pod) }
        if !use.nodeName.isEmpty { podsByNode[use.nodeName, default: []].insert(use.pod) }
    }

    package mutating func removePod(_ key: PodKey) {
        guard let use = pods.removeValue(forKey: key) else { return }
        for claim in use.claims {
            podsByClaim[claim]?.remove(key)
            if podsByClaim[claim]?.isEmpty == true { podsByClaim[claim] = nil }
        }
        podsByNode[use.nodeName]?.remove(key)
        if podsByNode[use.nodeName]?.isEmpty == true { podsByNode[use.nodeName] = nil }
    }

    package mutating func put(node: Object) { nodes[node.name] = node }
    package mutating func removeNode(_ name: String) { nodes[name] = nil }

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
