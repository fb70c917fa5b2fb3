package import Objects

/// One write, the smallest thing that can happen or not happen when a controller crashes.
package enum SetWrite: Sendable, Equatable {
    case createClaim(Object, pod: String)
    /// `claim` is the observed object; the write fails if it has changed since.
    case setClaimOwners(claim: Object, [OwnerReference])
    /// `claim` is the observed object; it asks for this much from now on. A refusal is reported and holds nothing up.
    case growClaim(claim: Object, to: String)
    case createPod(Object)
    /// The observed pod with its identity and storage put right; fails if it has changed since.
    case updatePod(Object)
    /// Only this very pod: a namesake that took its place is left alone.
    case deletePod(name: String, uid: String)
    case event(type: String, reason: String, message: String)
    /// Nothing can be done for this pod until a claim that is being deleted is gone.
    case awaitClaim(name: String, pod: String, isCreation: Bool)
}

/// What a set should do now. Units of a stage are independent of each other; a stage begins when all units of the one
/// before it have succeeded. The writes of a unit are done in order.
package struct SetPlan: Sendable, Equatable {
    package typealias Unit = [SetWrite]
    package var stages: [[Unit]] = []
    package var status = SetStatus()
    /// Seconds from now after which a pod becomes available by the mere passing of time.
    package var recheckAfter: Int64?

    package var writes: [SetWrite] { stages.joined().flatMap { $0 } }
}

/// status of a StatefulSet.
package struct SetStatus: Sendable, Equatable {
    package var observedGeneration: Int64 = 0
    package var replicas = 0
    package var readyReplicas = 0
    package var currentReplicas = 0
    package var updatedReplicas = 0
    package var availableReplicas = 0
    package var currentRevision = ""
    package var updateRevision = ""
    package var collisionCount = 0

    package init() {}

    package init(_ json: JSON?) {
        func count(_ field: String) -> Int { Int(json?[field]?.integer ?? 0) }
        observedGeneration = json?["observedGeneration"]?.integer ?? 0
        replicas = count("replicas")
        readyReplicas = count("readyReplicas")
        currentReplicas = count("currentReplicas")
        updatedReplicas = count("updatedReplicas")
        availableReplicas = count("availableReplicas")
        currentRevision = json?["currentRevision"]?.string ?? ""
        updateRevision = json?["updateRevision"]?.string ?? ""
        collisionCount = count("collisionCount")
    }

    /// As the API writes it: zero is left out where upstream's type says `omitempty`.
    package var json: JSON {
        var members: [JSONObject.Member] = []
        func add(_ name: String, _ value: Int) { if value != 0 { members.append((name, .integer(Int64(value)))) } }
        if observedGeneration != 0 { members.append(("observedGeneration", .integer(observedGeneration))) }
        members.append(("replicas", .integer(Int64(replicas))))
        add("readyReplicas", readyReplicas)
        add("currentReplicas", currentReplicas)
        add("updatedReplicas", updatedReplicas)
        if !currentRevision.isEmpty { members.append(("currentRevision", .string(currentRevision))) }
        if !updateRevision.isEmpty { members.append(("updateRevision", .string(updateRevision))) }
        members.append(("collisionCount", .integer(Int64(collisionCount))))
        members.append(("availableReplicas", .integer(Int64(availableReplicas))))
        return .object(JSONObject(members))
    }
}
