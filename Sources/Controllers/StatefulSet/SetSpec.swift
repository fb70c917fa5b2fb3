package import Objects

/// A StatefulSet read once into what its controller asks for, with the API's defaults for absent fields
/// (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/).
package struct SetSpec: Sendable {
    package enum Strategy: Sendable, Equatable {
        case onDelete
        /// Ordinals whose distance from the first is below `partition` keep the old template; nil if the set has no
        /// `rollingUpdate` block. `maxUnavailable` is nil when the set does not say, and then one pod goes at a time.
        case rolling(partition: Int?, maxUnavailable: Int?)
    }

    package let object: Object
    package let name: String
    package let namespace: String
    package let uid: String
    package let replicas: Int
    package let firstOrdinal: Int
    package let isParallel: Bool
    package let strategy: Strategy
    package let minReadySeconds: Int
    package let revisionHistoryLimit: Int
    package let retention: ClaimRetention
    package let serviceName: String
    package let claimTemplates: [Object]
    package let matchLabels: [JSONObject.Member]

    package init(_ object: Object) {
        let spec = object["spec"] ?? [:]
        self.object = object
        name = object.name
        namespace = object.namespace
        uid = object.uid
        let replicas = Int(spec["replicas"]?.integer ?? 1)
        self.replicas = replicas
        firstOrdinal = Int(spec.at("ordinals", "start")?.integer ?? 0)
        isParallel = spec["podManagementPolicy"]?.string == "Parallel"
        strategy = Self.strategy(spec["updateStrategy"], replicas: replicas)
        minReadySeconds = Int(spec["minReadySeconds"]?.integer ?? 0)
        revisionHistoryLimit = Int(spec["revisionHistoryLimit"]?.integer ?? 10)
        retention = ClaimRetention(spec["persistentVolumeClaimRetentionPolicy"])
        serviceName = spec["serviceName"]?.string ?? ""
        claimTemplates = Self.claimTemplates(spec["volumeClaimTemplates"]?.array ?? [])
        matchLabels = spec.at("selector", "matchLabels")?.object?.members ?? []
    }

    /// The ordinals that the set wants to have. They may be billions, so nobody walks through all of them.
    package var ordinals: Range<Int> {
        let (end, isTooFar) = firstOrdinal.addingReportingOverflow(max(0, replicas))
        return firstOrdinal..<(isTooFar ? Int.max : end)
    }

    /// How many ordinals without a pod a round looks at. In order the first of them holds up all that follow; in
    /// parallel this many pods are made, and the next round makes the next ones (upstream's `MaxBatchSize`).
    package var missingPerRound: Int { isParallel ? 500 : 1 }

    /// The wanted ordinals that have a pod and the first `limit` of those that have none, ascending.
    package func ordinalsLookedAt(present: Set<Int>, missing limit: Int) -> [Int] {
        let missing = ordinals.lazy.filter { !present.contains($0) }.prefix(limit)
        return (Array(missing) + present.filter(ordinals.contains)).sorted()
    }

    package func podName(_ ordinal: Int) -> String { "\(name)-\(ordinal)" }

    package func claimName(_ template: Object, _ ordinal: Int) -> String { "\(template.name)-\(name)-\(ordinal)" }

    /// Of those with the same name, which upstream lets pass, the last counts.
    private static func claimTemplates(_ templates: [JSON]) -> [Object] {
        var found: [Object] = []
        for template in templates.map(Object.init) {
            if let index = found.firstIndex(where: { $0.name == template.name }) {
                found[index] = template
            } else {
                found.append(template)
            }
        }
        return found
    }

    private static func strategy(_ json: JSON?, replicas: Int) -> Strategy {
        if json?["type"]?.string == "OnDelete" { return .onDelete }
        guard let rolling = json?["rollingUpdate"], rolling.object != nil else {
            return .rolling(partition: nil, maxUnavailable: nil)
        }
        return .rolling(
            partition: Int(rolling["partition"]?.integer ?? 0),
            maxUnavailable: rolling["maxUnavailable"].flatMap { unavailable($0, of: replicas) })
    }

    /// A number, or a percentage of the replicas rounded down, and never less than one: with zero no update could
    /// ever proceed.
    private static func unavailable(_ json: JSON, of replicas: Int) -> Int? {
        if let number = json.integer { return max(1, Int(number)) }
        guard let text = json.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return nil }
        return max(1, Int(clamping: Int128(replicas) * Int128(percent) / 100))
    }
}

/// What happens to a set's claims (spec.persistentVolumeClaimRetentionPolicy).
package struct ClaimRetention: Sendable, Equatable {
    /// The claims go when the set is deleted: they are owned by the set.
    package var deletesWithSet: Bool
    /// The claims of removed ordinals go: they are owned by their condemned pod.
    package var deletesWhenScaled: Bool

    package init(deletesWithSet: Bool = false, deletesWhenScaled: Bool = false) {
        self.deletesWithSet = deletesWithSet
        self.deletesWhenScaled = deletesWhenScaled
    }

    package init(_ json: JSON?) {
        deletesWithSet = json?["whenDeleted"]?.string == "Delete"
        deletesWhenScaled = json?["whenScaled"]?.string == "Delete"
    }
}
