package import Objects
import Registry

/// The status of a PodDisruptionBudget: how many of its pods may be evicted now
/// (https://kubernetes.io/docs/tasks/run-application/configure-pdb/; upstream's pkg/controller/disruption).
package enum BudgetDecision {
    /// An eviction that was granted is given this long to become a deletion.
    private static let grantedSeconds: Int64 = 120

    /// - Parameters:
    ///   - pods: what the budget selects.
    ///   - scale: the replicas that the pod's controller wants; nil for a pod without one.
    package static func status(
        _ budget: Object, _ pods: [Object], now: Timestamp, scale: (Object) -> (uid: String, replicas: Int)?
    )
        -> JSON
    {
        let granted = granted(budget, pods, now: now)
        let healthy = pods.count { !$0.isBeingDeleted && granted[$0.name] == nil && PodState($0).isReady }
        let (expected, desired) = wanted(budget["spec"], pods, scale)
        let allowed = expected > 0 ? max(0, healthy - desired) : 0
        var status = Object([
            "disruptionsAllowed": .integer(Int64(allowed)), "currentHealthy": .integer(Int64(healthy)),
            "desiredHealthy": .integer(Int64(desired)), "expectedPods": .integer(Int64(expected)),
            "observedGeneration": .integer(budget.generation),
        ]).json
        if !granted.isEmpty { status["disruptedPods"] = .object(granted) }
        status["conditions"] = [condition(budget, isAllowed: allowed > 0, now: now)]
        return status
    }

    private static func wanted(_ spec: JSON?, _ pods: [Object], _ scale: (Object) -> (uid: String, replicas: Int)?)
        -> (expected: Int, desired: Int)
    {
        if let maximum = spec?["maxUnavailable"], !maximum.isNull {
            let expected = expectedScale(pods, scale)
            return (expected, max(0, expected - amount(maximum, of: expected)))
        }
        let minimum = spec?["minAvailable"] ?? 1
        if let number = minimum.integer { return (pods.count, Int(number)) }
        let expected = expectedScale(pods, scale)
        return (expected, amount(minimum, of: expected))
    }

    /// What the controllers of the pods want together; each pod without one counts for itself.
    private static func expectedScale(_ pods: [Object], _ scale: (Object) -> (uid: String, replicas: Int)?) -> Int {
        var controllers: [String: Int] = [:]
        for pod in pods {
            let (uid, replicas) = scale(pod) ?? (pod.uid, 1)
            controllers[uid] = replicas
        }
        return controllers.values.reduce(0, +)
    }

    /// A number, or a percentage rounded up.
    private static func amount(_ json: JSON, of total: Int) -> Int {
        if let number = json.integer { return Int(number) }
        guard let text = json.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
        return (total * percent + 99) / 100
    }

    /// Evictions that were granted and have not become deletions yet.
    private static func granted(_ budget: Object, _ pods: [Object], now: Timestamp) -> JSONObject {
        let present = Set(pods.filter { !$0.isBeingDeleted }.map(\.name))
        var kept: [JSONObject.Member] = []
        for (name, time) in budget["status", "disruptedPods"]?.object ?? JSONObject() where present.contains(name) {
            let since = time.string.flatMap { Timestamp(rfc3339: $0) }
            if let since, since.seconds + grantedSeconds > now.seconds { kept.append((name, time)) }
        }
        return JSONObject(kept)
    }

    private static func condition(_ budget: Object, isAllowed: Bool, now: Timestamp) -> JSON {
        let status = isAllowed ? "True" : "False"
        let old = budget.condition("DisruptionAllowed")
        let since = old?["status"]?.string == status ? old?["lastTransitionTime"] : nil
        return [
            "type": "DisruptionAllowed", "status": .string(status),
            "observedGeneration": .integer(budget.generation), "lastTransitionTime": since ?? .string(now.rfc3339),
            "reason": isAllowed ? "SufficientPods" : "InsufficientPods", "message": "",
        ]
    }
}
