package import Objects

/// Labels that a set writes on its pods
/// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label).
package enum SetLabel {
    package static let podName = "statefulset.kubernetes.io/pod-name"
    package static let podIndex = "apps.kubernetes.io/pod-index"
    package static let revision = "controller-revision-hash"
}

/// A pod's place in its set, read from its name: everything before the last hyphen is the set, the digits after it
/// are the ordinal. `web-01` is nobody's: its ordinal would be that of `web-1`, and an ordinal has one name.
package enum PodIdentity {
    /// `ordinals.start` and `replicas` each go up to 2^31 - 1; what they add up to has no more digits than this.
    private static let mostDigits = 10

    package static func parse(_ podName: String) -> (set: String, ordinal: Int)? {
        guard let hyphen = podName.lastIndex(of: "-") else { return nil }
        let digits = podName[podName.index(after: hyphen)...]
        guard !digits.isEmpty, digits.utf8.count <= mostDigits,
            digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            digits.first != "0" || digits.count == 1, let ordinal = Int(digits)
        else { return nil }
        return (String(podName[..<hyphen]), ordinal)
    }

    package static func isMember(_ pod: Object, of set: String) -> Bool { parse(pod.name)?.set == set }

    /// Name and labels are those of a member.
    package static func matches(_ pod: Object, _ set: SetSpec, _ ordinal: Int) -> Bool {
        pod.name == set.podName(ordinal) && pod.namespace == set.namespace && pod.label(SetLabel.podName) == pod.name
    }

    package static func apply(to pod: inout Object, _ set: SetSpec, _ ordinal: Int) {
        pod.setLabel(SetLabel.podName, set.podName(ordinal))
        pod.setLabel(SetLabel.podIndex, String(ordinal))
    }

    /// Every claim template has its volume in the pod, naming the claim of this ordinal.
    package static func storageMatches(_ pod: Object, _ set: SetSpec, _ ordinal: Int) -> Bool {
        let volumes = pod["spec", "volumes"]?.array ?? []
        return set.claimTemplates.allSatisfy { template in
            volumes.contains {
                $0["name"]?.string == template.name
                    && $0.at("persistentVolumeClaim", "claimName")?.string == set.claimName(template, ordinal)
            }
        }
    }

    /// Puts the claims' volumes first; a template's own volume of the same name gives way.
    package static func applyStorage(to pod: inout Object, _ set: SetSpec, _ ordinal: Int) {
        let claimed = Set(set.claimTemplates.map(\.name))
        let ours: [JSON] = set.claimTemplates.map { template in
            let source: JSON = ["claimName": .string(set.claimName(template, ordinal))]
            return ["name": .string(template.name), "persistentVolumeClaim": source]
        }
        let others = (pod["spec", "volumes"]?.array ?? []).filter { !claimed.contains($0["name"]?.string ?? "") }
        let all = ours + others
        pod["spec", "volumes"] = all.isEmpty ? nil : .array(all)
    }
}
