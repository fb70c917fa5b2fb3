package import Objects

/// Why something is as it is, for people: one sentence, one line for each thing that was weighed, and what would help.
package struct Explanation: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package var name: String
        package var isChosen: Bool
        package var text: String

        package init(name: String, isChosen: Bool = false, text: String) {
            self.name = name
            self.isChosen = isChosen
            self.text = text
        }
    }

    package var summary: String
    package var lines: [Line] = []
    /// Sentences.
    package var advice: [String] = []

    /// `{"summary": "...", "lines": [{"name": "pv-3", "chosen": true, "text": "..."}], "advice": ["..."]}`
    package var json: JSON {
        [
            "kind": "Explanation", "apiVersion": "berth/v1", "summary": .string(summary),
            "lines": .array(
                lines.map { ["name": .string($0.name), "chosen": .bool($0.isChosen), "text": .string($0.text)] }),
            "advice": .array(advice.map { .string($0) }),
        ]
    }
}

extension Explanation {
    /// Why a volume is as it is, and what the claims that wait have against it.
    init(_ volume: PersistentVolume, _ view: BinderView) {
        self.init(summary: Self.summary(volume))
        if volume.claimRef == nil || volume.claimRef?.uid.isEmpty == true {
            let waiting = view.allClaims.filter(\.isWaiting).sorted { $0.key < $1.key }
            lines = waiting.map { claim in
                let verdict = VolumeVerdict(volume, for: claim, in: view)
                return Line(name: claim.key.description, isChosen: verdict.isChosen, text: verdict.text)
            }
        }
        advice = Self.advice(volume)
    }

    private static func summary(_ volume: PersistentVolume) -> String {
        let owner = volume.claimRef.map { "\($0.key)" } ?? ""
        let phase = volume.phase == .none ? "new" : volume.phase.rawValue
        let message = volume.object["status", "message"]?.string ?? ""
        let state =
            switch volume.phase {
            case .bound: "Bound to \(owner)"
            case .released: "Released: it keeps the data of \(owner), which is gone, and is not bound again by itself"
            case .failed: "Failed: \(message.isEmpty ? "see its events" : message)"
            default: owner.isEmpty ? phase : "\(phase), reserved for \(owner)"
            }
        return "\(volume.name) is \(state)" + (volume.isBeingDeleted ? "; it is being deleted" : "")
    }

    private static func advice(_ volume: PersistentVolume) -> [String] {
        switch volume.phase {
        case .released where volume.reclaimPolicy == "Delete" && volume.provisionedBy == Provisioner.berthLocal:
            return ["berth-node moves its directory to the trash and deletes it: it has to be running"]
        case .released where volume.reclaimPolicy == "Delete":
            return ["its provisioner \(volume.provisionedBy) deletes it"]
        case .released, .failed:
            return ["`berth volume release \(volume.name)` would make it free, with the data that is on it"]
        default: return []
        }
    }

    /// What a pod's claims mean for where it can run.
    init(pod: Object, _ view: BinderView, nodes: [Object]) {
        let use = PodUse(pod)
        let place = use.nodeName.isEmpty ? "has no node yet" : "runs on \(use.nodeName)"
        let count = use.claims.count
        self.init(
            summary: "\(pod.namespace)/\(pod.name) \(place) and uses "
                + (count == 0 ? "no claims" : count == 1 ? "one claim" : "\(count) claims"))
        for key in use.claims {
            guard let claim = view.claim(key) else {
                lines.append(Line(name: "pvc/\(key.name)", text: "does not exist"))
                continue
            }
            let explanation = ClaimExplanation(claim, view)
            lines.append(Line(name: "pvc/\(key.name)", isChosen: claim.isFullyBound, text: explanation.summary))
            advice += explanation.advice
        }
        guard count > 0, use.nodeName.isEmpty else { return }
        if nodes.isEmpty { advice.append("there is no node: berth-node has to be running") }
        for node in nodes {
            lines.append(Line(name: "node/\(node.name)", text: Self.text(view.plan(pod: use, node: node))))
        }
    }

    private static func text(_ plan: PodVolumePlan) -> String {
        switch plan {
        case .ready: "its claims let it run here"
        case .bind: "its claims can be bound here"
        case .waiting(let reasons), .conflict(let reasons): reasons.joined(separator: "; ")
        }
    }
}
