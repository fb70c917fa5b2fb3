import Objects

@testable import Controllers

/// A set's life at random: users change it, pods fail, claims are deleted, the controller crashes between any two
/// writes and comes back, sometimes with a picture that is out of date. After every step the invariants are checked;
/// now and then the faults stop, and the set has to come to rest as its spec says.
struct SetSimulation {
    private var cluster: ModelCluster
    private var random: SeededRandom
    private var history: [String] = []
    /// Steps: writes of the controller and faults.
    private(set) var steps = 0

    var violations: [String] { cluster.violations }
    /// The last steps before a violation.
    var trail: String { history.suffix(30).joined(separator: "\n") }

    init(seed: UInt64) {
        var random = SeededRandom(seed)
        let strategies: [JSON] = [
            ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]], ["type": "OnDelete"],
            ["type": "RollingUpdate", "rollingUpdate": ["partition": 1]],
            ["type": "RollingUpdate", "rollingUpdate": ["partition": 0, "maxUnavailable": 2]],
        ]
        var set = Fixtures.set(
            replicas: Int.random(in: 0...5, using: &random), parallel: Bool.random(using: &random),
            retention: ClaimRetention(
                deletesWithSet: Bool.random(using: &random), deletesWhenScaled: Bool.random(using: &random)),
            claims: Int.random(in: 0..<4, using: &random) > 0,
            strategy: strategies.randomElement(using: &random) ?? [:],
            start: Int.random(in: 0..<4, using: &random) == 0 ? 3 : 0)
        set["spec", "revisionHistoryLimit"] = .integer(Int64.random(in: 0...3, using: &random))
        if Int.random(in: 0..<3, using: &random) == 0 { set.setAnnotation(SetAnnotation.unstickRollout, "true") }
        cluster = ModelCluster(set)
        self.random = random
    }

    /// Some hundred steps of trouble, then quiet.
    mutating func runEpoch(steps count: Int) {
        let end = steps + count
        while steps < end, violations.isEmpty {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5: runController()
            case 5..<7: moveNode()
            default: disturb()
            }
            cluster.checkInvariants()
        }
        guard violations.isEmpty else { return }
        note("quiet")
        cluster.converge()
        cluster.checkConverged(isUndisturbed: false)
    }

    private mutating func note(_ text: String) {
        history.append(text)
        if history.count > 200 { history.removeFirst(100) }
    }

    // MARK: The controller

    private mutating func runController() {
        var budget = Int.random(in: 0..<3, using: &random) == 0 ? Int.random(in: 0...4, using: &random) : 50
        let before = budget
        let result = cluster.run(budget: &budget)
        steps += max(1, before - budget)
        note("controller: \(before - budget) writes, \(result)")
    }

    // MARK: The node

    private mutating func moveNode() {
        steps += 1
        guard let name = cluster.pods.keys.sorted().randomElement(using: &random), let pod = cluster.pods[name] else {
            return
        }
        if pod.isBeingDeleted {
            note("node: \(name) is gone")
            cluster.remove(pod: name)
        } else if !PodState(pod).isFinished {
            note("node: \(name) is ready")
            cluster.setPod(name, phase: "Running", ready: true)
        }
    }

    // MARK: Trouble

    private mutating func disturb() {
        steps += 1
        switch Int.random(in: 0..<9, using: &random) {
        case 0: changeReplicas()
        case 1: changeTemplate()
        case 2: changeRetention()
        case 3: onPod("fails") { $0.setPod($1, phase: "Failed") }
        case 4: onPod("is not ready") { $0.setPod($1, phase: "Running") }
        case 5: onPod("is deleted") { $0.delete(pod: $1) }
        case 6: onPod("is deleted by force") { $0.remove(pod: $1) }
        case 7: deleteClaim()
        default: changePartition()
        }
    }

    private mutating func onPod(_ what: String, _ change: (inout ModelCluster, String) -> Void) {
        guard let name = cluster.pods.keys.sorted().randomElement(using: &random) else { return }
        note("\(name) \(what)")
        change(&cluster, name)
    }

    private mutating func changeReplicas() {
        let replicas = Int.random(in: 0...6, using: &random)
        note("user: \(replicas) replicas")
        Fixtures.setReplicas(replicas, of: &cluster.set)
    }

    private mutating func changeTemplate() {
        let image = "nginx:\(Int.random(in: 0..<5, using: &random))"
        note("user: \(image)")
        Fixtures.setImage(image, of: &cluster.set)
    }

    private mutating func changeRetention() {
        let retention = ClaimRetention(
            deletesWithSet: Bool.random(using: &random), deletesWhenScaled: Bool.random(using: &random))
        note("user: \(retention)")
        cluster.set["spec", "persistentVolumeClaimRetentionPolicy"] =
            Fixtures.set(replicas: 0, retention: retention)["spec", "persistentVolumeClaimRetentionPolicy"]
        cluster.set.generation += 1
    }

    private mutating func changePartition() {
        guard cluster.set["spec", "updateStrategy", "rollingUpdate"] != nil else { return }
        let partition = Int64.random(in: 0...3, using: &random)
        note("user: partition \(partition)")
        cluster.set["spec", "updateStrategy", "rollingUpdate", "partition"] = .integer(partition)
        cluster.set.generation += 1
    }

    private mutating func deleteClaim() {
        guard let name = cluster.claims.keys.sorted().randomElement(using: &random) else { return }
        note("user: deletes \(name)")
        cluster.delete(claim: name)
    }
}
