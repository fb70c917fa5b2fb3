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

    package var explanation: Explanation {
        Explanation(
            summary: summary, lines: lines.map { .init(name: $0.volume, isChosen: $0.isChosen, text: $0.text) },
            advice: advice)
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
