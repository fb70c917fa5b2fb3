package import Objects

/// Why a claim is as it is: for each volume in one line why it was chosen or what rules it out, and what would help. A
/// pure function of the objects, with the binder's own rules.
package struct ClaimExplanation: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package var volume: String
        package var isChosen: Bool
        package var text: String
    }

    /// One sentence: where the claim stands.
    package var summary: String
    /// The chosen volume first, then those that fit, then those that one thing rules out, then the others; by name.
    package var lines: [Line]
    /// Sentences; empty if nothing is wrong.
    package var advice: [String]

    package init(claim: Object, volumes: [Object], classes: [Object], pods: [Object] = []) {
        var view = BinderView()
        for volume in volumes { view.put(PersistentVolume(volume)) }
        for storageClass in classes { view.put(StorageClass(storageClass)) }
        for pod in pods { view.put(PodUse(pod)) }
        let claim = PersistentVolumeClaim(claim)
        view.put(claim)
        self.init(claim, view)
    }

    package init(_ claim: PersistentVolumeClaim, _ view: BinderView) {
        let verdicts = view.volumes.all.map { VolumeVerdict($0, for: claim, in: view) }
            .sorted { ($0.rank, $0.volume.name) < ($1.rank, $1.volume.name) }
        lines = verdicts.map { Line(volume: $0.volume.name, isChosen: $0.isChosen, text: $0.text) }
        summary = Self.summary(claim, view)
        advice = claim.phase == "Bound" ? [] : Self.advice(claim, verdicts, view)
    }

    private static func summary(_ claim: PersistentVolumeClaim, _ view: BinderView) -> String {
        let decision = view.decide(claim: claim.key)
        if let event = decision.events.first { return "\(claim.key) is \(claim.phase): \(event.message)" }
        if claim.phase == "Bound" { return "\(claim.key) is Bound to \(claim.volumeName)" }
        if claim.phase == "Lost" { return "\(claim.key) is Lost: its volume \(claim.volumeName) is gone or another's" }
        if decision.branch == "2-1" {
            return "\(claim.key) is Pending: it asks for the volume \(claim.volumeName), which does not exist"
        }
        return "\(claim.key) is \(claim.phase)"
    }

    private static func advice(
        _ claim: PersistentVolumeClaim, _ verdicts: [VolumeVerdict], _ view: BinderView
    ) -> [String] {
        var advice = verdicts.filter { $0.obstacles.count == 1 }.compactMap { $0.obstacles.first?.advice }
        if claim.isWaiting, view.bestMatch(for: claim) == nil, let shortfall = view.shortfall(of: claim) {
            advice.insert(shortfall, at: 0)
        }
        if claim.className.isEmpty, claim.isWaiting, view.defaultClass == nil {
            advice.append("a class that provisions, as `storageClassName` or as the default class, would make a volume")
        } else if let storageClass = view.storageClass(claim.className), storageClass.waitsForFirstConsumer,
            claim.isWaiting, claim.selectedNode == nil
        {
            advice.append("class \(storageClass.name) waits for the first pod that uses the claim and has a node")
        } else if view.storageClass(claim.className)?.provisioner == Provisioner.berthLocal, claim.isWaiting {
            advice.append("berth-node makes volumes of class \(claim.className): it has to be running")
        }
        return advice
    }
}

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
            !LabelMatching.matches(selector: claim.selector, labels: volume.object.labels)
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

extension BinderView {
    /// `no free volume of class fast has 20Gi: the largest is pv-3 with 10Gi`; nil if size is not what is missing. The
    /// cost does not depend on the number of volumes.
    package func shortfall(of claim: PersistentVolumeClaim) -> String? {
        guard
            let largest = volumes.largestFree(
                className: claim.className, volumeMode: claim.volumeMode, atLeast: claim.accessModes),
            largest.capacity < claim.request
        else { return nil }
        let pool = claim.className.isEmpty ? "without class" : "of class \(claim.className)"
        return "no free volume \(pool) has \(VolumeVerdict.requestText(claim)): the largest is \(largest.name) with "
            + VolumeVerdict.sizeText(largest)
    }
}
