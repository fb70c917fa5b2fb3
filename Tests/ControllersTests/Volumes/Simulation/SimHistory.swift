import Objects

@testable import Controllers

/// What must hold at every revision where people keep to their own: nobody writes half a pair or takes one apart by hand.
/// Whoever looks at the store at any moment, through whatever crashes, sees this.
struct SimHistory {
    private var revision: Int64 = 0
    /// Claim UID by volume UID, and the other way round: who was ever bound to whom.
    private var owners: [String: String] = [:]
    private var volumes: [String: String] = [:]
    private var released: Set<String> = []
    private(set) var pairs = 0

    /// What is wrong with the newest revision; nil: nothing.
    mutating func violation(in store: SimStore) -> String? {
        guard store.revision != revision else { return nil }
        revision = store.revision
        let claims = store.all("PersistentVolumeClaim").map(PersistentVolumeClaim.init)
        let volumes = store.all("PersistentVolume").map(PersistentVolume.init)
        for claim in claims where claim.phase == "Bound" {
            if let problem = problem(claim, volumes) {
                return "revision \(revision): claim \(claim.key.name) \(problem)"
            }
        }
        let named = claims.filter { $0.phase == "Bound" }.map(\.volumeName)
        if Set(named).count != named.count { return "revision \(revision): two claims are Bound to one volume" }
        for volume in volumes {
            if let problem = problem(volume, claims) { return "revision \(revision): volume \(volume.name) \(problem)" }
        }
        return nil
    }

    private mutating func problem(_ claim: PersistentVolumeClaim, _ all: [PersistentVolume]) -> String? {
        guard let volume = all.first(where: { $0.name == claim.volumeName }) else {
            return "is Bound and its volume does not exist"
        }
        guard volume.claimRef?.uid == claim.uid, volume.phase == .bound else { return "is half of a pair" }
        if let before = volumes[claim.uid], before != volume.uid { return "was moved from \(before) to \(volume.uid)" }
        if let before = owners[volume.uid], before != claim.uid { return "got the volume of \(before)" }
        if volumes[claim.uid] == nil { pairs += 1 }
        volumes[claim.uid] = volume.uid
        owners[volume.uid] = claim.uid
        return nil
    }

    private mutating func problem(_ volume: PersistentVolume, _ claims: [PersistentVolumeClaim]) -> String? {
        if volume.phase == .released || volume.phase == .failed { released.insert(volume.uid) }
        guard volume.phase == .bound else { return nil }
        if released.contains(volume.uid) { return "was Released and is bound again by itself" }
        guard let uid = volume.claimRef?.uid, !uid.isEmpty else { return "is Bound to nobody" }
        let owner = claims.first { $0.uid == uid }
        if let owner, owner.volumeName != volume.name || owner.phase != "Bound" { return "is half of a pair" }
        return nil
    }
}
