import Objects
import Testing

@testable import Controllers

/// An API server in a struct: enough of its rules to drive a StatefulSet's decisions write by write. Pods have unique
/// names and die gracefully once they run; claims that a pod uses are protected; claims whose owners are gone go.
struct ModelCluster {
    var set: Object
    var pods: [String: Object] = [:]
    var claims: [String: Object] = [:]
    var revisions: [String: Object] = [:]
    var now: Int64 = 1_767_225_600
    var events: [String] = []
    var violations: [String] = []
    /// The invariants after every single write, not only where a test asks for them.
    var checksEachWrite = false
    /// Counts every change; UIDs and resource versions are taken from it.
    private(set) var serial = 0

    init(_ set: Object) { self.set = set }

    // MARK: One round of the controller

    enum Progress { case idle, wrote, crashed }

    /// Rounds until nothing is left to write, or until `budget` writes are done: the controller's crash.
    mutating func run(budget: inout Int) -> Progress {
        var wrote = false
        for _ in 0..<10_000 {
            let before = serial
            switch round(&budget) {
            case .idle: return wrote || before != serial ? .wrote : .idle
            case .crashed: return .crashed
            case .wrote: wrote = true
            }
        }
        violations.append("the controller does not come to rest")
        return .wrote
    }

    mutating func run() {
        var budget = Int.max
        _ = run(budget: &budget)
    }

    mutating func round(_ budget: inout Int) -> Progress {
        let input = SetInput(
            set: set, pods: pods.values.sorted { $0.name < $1.name }, claims: claims,
            revisions: revisions.values.sorted { $0.name < $1.name }, now: now)
        switch SetRound.next(input, selects: { $0.label("app") == "nginx" }) {
        case .rest: return .idle
        case .settle(let pods, let revisions): return settle(pods, revisions, &budget)
        case .record(let decision, _): return record(decision, &budget)
        case .carryOut(let plan, let surplus): return carryOut(plan, surplus, &budget)
        }
    }

    private mutating func settle(_ pods: Ownership, _ records: Ownership, _ budget: inout Int) -> Progress {
        let spec = SetSpec(set)
        for pod in pods.adopted where spend(&budget) { self.pods[pod.name] = stamp(Ownership.adopting(pod, by: spec)) }
        for pod in pods.released where spend(&budget) {
            self.pods[pod.name] = stamp(Ownership.releasing(pod, by: spec))
        }
        for record in records.adopted where spend(&budget) {
            revisions[record.name] = stamp(Ownership.adopting(record, by: spec))
        }
        return budget > 0 ? .wrote : .crashed
    }

    private mutating func record(_ decision: SetRevisions.Decision, _ budget: inout Int) -> Progress {
        guard spend(&budget) else { return .crashed }
        switch decision {
        case .use: break
        case .create(let object):
            if revisions[object.name] != nil { violations.append("revision \(object.name) made twice") }
            revisions[object.name] = stamp(object)
        case .renumber(let revision, let number):
            revisions[revision.name]?["revision"] = .integer(number)
        }
        return .wrote
    }

    private mutating func carryOut(_ plan: SetPlan, _ surplus: [SetRevision], _ budget: inout Int) -> Progress {
        var wrote = false
        var failed = false
        for stage in plan.stages where !failed {
            for write in stage.joined() {
                guard spend(&budget) else { return .crashed }
                if apply(write) { wrote = true } else { failed = true }
                if checksEachWrite { checkInvariants() }
            }
        }
        for revision in surplus {
            guard spend(&budget) else { return .crashed }
            revisions[revision.name] = nil
            wrote = true
        }
        if SetStatus(set["status"]) != plan.status || set["status"] == nil {
            guard spend(&budget) else { return .crashed }
            set["status"] = plan.status.json
            wrote = true
        }
        return wrote ? .wrote : .idle
    }

    private func spend(_ budget: inout Int) -> Bool {
        guard budget > 0 else { return false }
        budget -= 1
        return true
    }

    // MARK: The API's side of a write

    /// Whether it succeeded; a write of what is already so fails as it would at the API.
    mutating func apply(_ write: SetWrite) -> Bool {
        defer { collectGarbage() }
        switch write {
        case .createClaim(let claim, _):
            guard claims[claim.name] == nil else { return false }
            claims[claim.name] = stamp(claim)
        case .setClaimOwners(let claim, let owners):
            guard claims[claim.name]?.resourceVersion == claim.resourceVersion else { return false }
            var changed = claim
            changed.setOwnerReferences(owners)
            claims[claim.name] = stamp(changed)
        case .growClaim(let claim, let size):
            guard claims[claim.name]?.resourceVersion == claim.resourceVersion else { return false }
            var changed = claim
            changed["spec", "resources", "requests", "storage"] = .string(size)
            claims[claim.name] = stamp(changed)
        case .createPod(let pod):
            guard pods[pod.name] == nil else { return false }
            checkCreation(pod)
            var pod = stamp(pod)
            pod["status"] = ["phase": "Pending"]
            pods[pod.name] = pod
        case .updatePod(let pod):
            guard pods[pod.name]?.resourceVersion == pod.resourceVersion else { return false }
            guard pods[pod.name]?["spec"] == pod["spec"] else {
                events.append("pod \(pod.name): spec is immutable")
                return false
            }
            pods[pod.name] = stamp(pod)
        case .deletePod(let name, let uid):
            guard let pod = pods[name], pod.uid == uid, !pod.isBeingDeleted else { return false }
            checkDeletion(pod)
            delete(pod: name)
        case .event(_, let reason, _): events.append(reason)
        case .awaitClaim: return false
        }
        return true
    }

    private mutating func stamp(_ object: Object) -> Object {
        serial += 1
        var object = object
        if object.uid.isEmpty { object.uid = "uid-\(serial)" }
        object.resourceVersion = String(serial)
        return object
    }

    /// A pod that runs gets its grace period; one that never ran, or has ended, is gone at once.
    mutating func delete(pod name: String) {
        guard var pod = pods[name] else { return }
        if PodState(pod).phase == "Running" {
            pod["metadata", "deletionTimestamp"] = "2026-01-01T00:00:30Z"
            pods[name] = stamp(pod)
        } else {
            pods[name] = nil
        }
        collectGarbage()
    }

    /// Its end, by the node or by force.
    mutating func remove(pod name: String) {
        if pods.removeValue(forKey: name) != nil { serial += 1 }
        collectGarbage()
    }

    mutating func delete(claim name: String) {
        guard var claim = claims[name] else { return }
        claim["metadata", "deletionTimestamp"] = "2026-01-01T00:00:30Z"
        claims[name] = stamp(claim)
        collectGarbage()
    }

    /// The garbage collector and the protection of claims in use, both at once and at every step.
    private mutating func collectGarbage() {
        let uids = Set(pods.values.map(\.uid) + [set.uid])
        for (name, claim) in claims {
            let owners = claim.ownerReferences
            if !owners.isEmpty, owners.allSatisfy({ !uids.contains($0.uid) }), !claim.isBeingDeleted {
                claims[name]?["metadata", "deletionTimestamp"] = "2026-01-01T00:00:30Z"
            }
            if claims[name]?.isBeingDeleted == true, !isUsed(claim: name) {
                claims[name] = nil
                serial += 1
            }
        }
    }

    private func isUsed(claim name: String) -> Bool {
        pods.values.contains { pod in
            (pod["spec", "volumes"]?.array ?? []).contains {
                $0.at("persistentVolumeClaim", "claimName")?.string == name
            }
        }
    }

    // MARK: The node's side

    mutating func setPod(_ name: String, phase: String, ready: Bool = false) {
        guard var pod = pods[name] else { return }
        pod["status"] = [
            "phase": .string(phase),
            "conditions": [
                [
                    "type": "Ready", "status": ready ? "True" : "False", "lastTransitionTime": "2026-01-01T00:00:00Z",
                ]
            ],
        ]
        pods[name] = stamp(pod)
    }

    /// All pods run and are ready; those that were told to go are gone.
    mutating func nodeCatchesUp() {
        for (name, pod) in pods {
            if pod.isBeingDeleted {
                pods[name] = nil
                serial += 1
            } else if !PodState(pod).isRunningAndReady, !PodState(pod).isFinished {
                setPod(name, phase: "Running", ready: true)
            }
        }
        collectGarbage()
    }

    /// Alternates the controller and the node until neither has anything left to do.
    mutating func converge() {
        for _ in 0..<1_000 {
            let before = serial
            run()
            nodeCatchesUp()
            if serial == before { return }
        }
        violations.append("does not converge")
    }
}

/// The end of a scenario: all is as the set asks, and no invariant was hurt on the way.
func finish(_ cluster: ModelCluster, _ location: SourceLocation = #_sourceLocation) {
    var cluster = cluster
    cluster.checkConverged()
    #expect(cluster.violations.isEmpty, sourceLocation: location)
}
