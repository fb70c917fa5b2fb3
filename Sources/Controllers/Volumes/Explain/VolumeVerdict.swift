import Objects

/// One volume's line.
struct VolumeVerdict {
    struct Obstacle: Hashable {
        var text: String
        var advice: String?
    }

    let volume: PersistentVolume
    let isChosen: Bool
    let obstacles: [Obstacle]
    let text: String

    var rank: Int { isChosen ? 0 : obstacles.count + 1 }

    init(_ volume: PersistentVolume, for claim: PersistentVolumeClaim, in view: BinderView) {
        self.volume = volume
        let isOwn = volume.name == claim.volumeName && volume.claimRef?.uid == claim.uid
        let best = claim.isWaiting ? view.bestMatch(for: claim) : nil
        isChosen = isOwn || best?.name == volume.name
        let obstacles = isChosen ? [] : Self.obstacles(volume, claim)
        self.obstacles = obstacles
        if isOwn {
            text = "bound to this claim"
        } else if isChosen {
            text = volume.claimRef == nil ? "chosen: \(Self.praise(volume, claim))" : "chosen: it names this claim"
        } else if !obstacles.isEmpty {
            text = obstacles.map(\.text).joined(separator: "; ")
        } else if let best {
            text = Self.whyNot(volume, best)
        } else {
            text = claim.isWaiting ? "fits, and waits for a consumer" : "fits, but the claim has its volume"
        }
    }

    private static func obstacles(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> [Obstacle] {
        var obstacles: [Obstacle] = []
        if let owner = volume.claimRef, !volume.isBound(to: claim) { obstacles.append(ownership(volume, owner, claim)) }
        if volume.isBeingDeleted { obstacles.append(Obstacle(text: "is being deleted")) }
        let isReserved = volume.isBound(to: claim)
        if !isReserved, volume.className != claim.className {
            obstacles.append(Obstacle(text: "has \(named(volume.className)), not \(named(claim.className))"))
        }
        if volume.volumeMode != claim.volumeMode {
            obstacles.append(Obstacle(text: "is \(volume.volumeMode), not \(claim.volumeMode)"))
        }
        let missing = claim.accessModes.subtracting(volume.accessModes)
        if !missing.isEmpty {
            obstacles.append(Obstacle(text: "lacks \(missing.shortNames) (it offers \(volume.accessModes.shortNames))"))
        }
        if volume.capacity < claim.request {
            let sizes = (sizeText(volume), requestText(claim))
            obstacles.append(Obstacle(text: "is too small: \(sizes.0), not \(sizes.1)"))
        }
        if volume.attributesClassName != claim.attributesClassName {
            obstacles.append(Obstacle(text: "has another volume attributes class"))
        }
        if !isReserved, claim.volumeName.isEmpty,
            let selector = claim.selector, !selector.matches(volume.object)
        {
            obstacles.append(
                Obstacle(
                    text: "its labels do not match the selector",
                    advice: "labels on \(volume.name) that match would help"))
        }
        return obstacles
    }

    private static func ownership(
        _ volume: PersistentVolume, _ owner: ClaimReference, _ claim: PersistentVolumeClaim
    ) -> Obstacle {
        if owner.uid.isEmpty { return Obstacle(text: "is reserved for \(owner.key)") }
        if volume.phase == .released || volume.phase == .failed {
            let before = owner.key == claim.key ? "an earlier claim of this name" : "\(owner.key)"
            return Obstacle(
                text: "is \(volume.phase.rawValue): it keeps the data of \(before)",
                advice: "`berth volume release \(volume.name)` would make it free, with the data that is on it")
        }
        return Obstacle(text: "is bound to \(owner.key)")
    }

    private static func praise(_ volume: PersistentVolume, _ claim: PersistentVolumeClaim) -> String {
        "the smallest of those with the fewest modes that fits (\(sizeText(volume)) for \(requestText(claim)))"
    }

    private static func whyNot(_ volume: PersistentVolume, _ best: PersistentVolume) -> String {
        if volume.phase != .available { return "fits, but is not Available yet" }
        if best.claimRef != nil { return "fits, but \(best.name) names the claim" }
        if volume.accessModes.count > best.accessModes.count { return "fits, but \(best.name) has fewer modes" }
        return "fits, but \(best.name) is \(volume.capacity > best.capacity ? "smaller" : "as good and comes first")"
    }

    static func named(_ className: String) -> String { className.isEmpty ? "no class" : "class \(className)" }
    static func sizeText(_ volume: PersistentVolume) -> String {
        volume.object["spec", "capacity", "storage"]?.string ?? "?"
    }
    static func requestText(_ claim: PersistentVolumeClaim) -> String {
        claim.object["spec", "resources", "requests", "storage"]?.string ?? "?"
    }
}
