package import Objects
import Registry

/// The status of a PodDisruptionBudget: how many of its pods may be evicted now
/// (https://kubernetes.io/docs/tasks/run-application/configure-pdb/; upstream's pkg/controller/disruption).
package enum BudgetDecision {
    /// What controls a pod, as far as the number of pods that there should be is concerned.
    package enum Scale: Sendable {
        /// Nobody: a budget that needs to know how many there should be cannot count it.
        case unmanaged
        case controlled(uid: String, replicas: Int)
        /// A controller that is gone or that nobody here knows the replicas of.
        case unknown
    }

    package struct Note: Sendable, Equatable {
        package var isWarning: Bool
        package var reason: String
        package var message: String
    }

    /// An eviction that was granted is given this long to become a deletion.
    static let grantedSeconds: Int64 = 120

    /// - Parameter pods: what the budget selects.
    /// - Parameter gone: when pods were last seen to go, by name, in seconds: one that has the name of an evicted pod since
    ///   then is another.
    package static func status(
        _ budget: Object, _ pods: [Object], gone: [String: Int64] = [:], now: Timestamp, scale: (Object) -> Scale
    ) -> (status: JSON, notes: [Note]) {
        var notes: [Note] = []
        if pods.isEmpty { notes.append(Note(isWarning: false, reason: "NoPods", message: "No matching pods found")) }
        let wanted: Wanted
        do {
            wanted = try self.wanted(budget["spec"], pods, scale)
        } catch {
            let why = "found no controllers for pod \"\(error.pod)\""
            let message = "Failed to calculate the number of expected pods: \(why)"
            notes.append(Note(isWarning: true, reason: "CalculateExpectedPodCountFailed", message: message))
            return (failSafe(budget, why, now: now), notes)
        }
        if wanted.hasUnmanaged { notes.append(unmanaged(budget)) }
        let granted = granted(budget, pods, gone, now: now)
        let healthy = pods.count { !$0.isBeingDeleted && granted[$0.name] == nil && PodState($0).isReady }
        let allowed = wanted.expected > 0 ? max(0, healthy - wanted.desired) : 0
        var status = Object([
            "disruptionsAllowed": .integer(Int64(allowed)), "currentHealthy": .integer(Int64(healthy)),
            "desiredHealthy": .integer(Int64(wanted.desired)), "expectedPods": .integer(Int64(wanted.expected)),
            "observedGeneration": .integer(budget.generation),
        ]).json
        if !granted.isEmpty { status["disruptedPods"] = .object(granted) }
        let reason = allowed > 0 ? "SufficientPods" : "InsufficientPods"
        status["conditions"] = [condition(budget, isAllowed: allowed > 0, reason, now: now)]
        return (status, notes)
    }

    // MARK: How many there should be

    private struct Wanted {
        var expected = 0
        var desired = 0
        var hasUnmanaged = false
    }

    private struct NoController: Error { var pod: String }

    /// Neither `minAvailable` nor `maxUnavailable`: nothing is promised, and nothing may be evicted.
    private static func wanted(
        _ spec: JSON?, _ pods: [Object], _ scale: (Object) -> Scale
    ) throws(NoController) -> Wanted {
        if let maximum = spec?["maxUnavailable"], !maximum.isNull {
            var wanted = try expectedScale(pods, scale)
            wanted.desired = max(0, wanted.expected - amount(maximum, of: wanted.expected))
            return wanted
        }
        guard let minimum = spec?["minAvailable"], !minimum.isNull else { return Wanted() }
        if let number = minimum.integer { return Wanted(expected: pods.count, desired: Int(number)) }
        var wanted = try expectedScale(pods, scale)
        wanted.desired = amount(minimum, of: wanted.expected)
        return wanted
    }

    /// What the controllers of the pods want together.
    private static func expectedScale(_ pods: [Object], _ scale: (Object) -> Scale) throws(NoController) -> Wanted {
        var wanted = Wanted()
        var controllers: [String: Int] = [:]
        for pod in pods {
            switch scale(pod) {
            case .unmanaged: wanted.hasUnmanaged = true
            case .controlled(let uid, let replicas): controllers[uid] = replicas
            case .unknown: throw NoController(pod: pod.name)
            }
        }
        wanted.expected = controllers.values.reduce(0, +)
        return wanted
    }

    /// A number, or a percentage rounded up.
    private static func amount(_ json: JSON, of total: Int) -> Int {
        if let number = json.integer { return Int(number) }
        guard let text = json.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
        return (total * percent + 99) / 100
    }

    // MARK: Parts of the status

    /// Evictions that were granted and have not become deletions yet.
    private static func granted(
        _ budget: Object, _ pods: [Object], _ gone: [String: Int64], now: Timestamp
    ) -> JSONObject {
        let present = Set(pods.filter { !$0.isBeingDeleted }.map(\.name))
        var kept: [JSONObject.Member] = []
        for (name, time) in budget["status", "disruptedPods"]?.object ?? JSONObject() where present.contains(name) {
            let since = time.string.flatMap { Timestamp(rfc3339: $0) }
            guard let since, since.seconds + grantedSeconds > now.seconds else { continue }
            if gone[name].map({ since.seconds <= $0 }) != true { kept.append((name, time)) }
        }
        return JSONObject(kept)
    }

    /// Nobody knows what may go, so nothing may.
    private static func failSafe(_ budget: Object, _ why: String, now: Timestamp) -> JSON {
        var status = budget["status"] ?? [:]
        status["disruptionsAllowed"] = 0
        for field in ["currentHealthy", "desiredHealthy", "expectedPods"] where status[field] == nil {
            status[field] = 0
        }
        status["conditions"] = [condition(budget, isAllowed: false, "SyncFailed", message: why, now: now)]
        return status
    }

    private static func condition(
        _ budget: Object, isAllowed: Bool, _ reason: String, message: String = "", now: Timestamp
    ) -> JSON {
        let status = isAllowed ? "True" : "False"
        let old = budget.condition("DisruptionAllowed")
        let since = old?["status"]?.string == status ? old?["lastTransitionTime"] : nil
        return [
            "type": "DisruptionAllowed", "status": .string(status),
            "observedGeneration": .integer(budget.generation), "lastTransitionTime": since ?? .string(now.rfc3339),
            "reason": .string(reason), "message": .string(message),
        ]
    }

    private static func unmanaged(_ budget: Object) -> Note {
        let labels = budget["spec", "selector", "matchLabels"]?.object?.members ?? []
        let selector = labels.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
        return Note(
            isWarning: true, reason: "UnmanagedPods",
            message: "Pods selected by this PodDisruptionBudget (selector: \(selector)) were found to be unmanaged. As "
                + "a result, the status of the PDB cannot be calculated correctly, which may result in undefined "
                + "behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an "
                + "integer value.")
    }
}
