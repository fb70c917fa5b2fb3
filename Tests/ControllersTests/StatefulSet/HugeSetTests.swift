import Objects
import Testing

@testable import Controllers

/// Sets that want more pods than anybody could look at one by one.
@Suite struct HugeSetTests {
    private let most = Int(Int32.max)

    private func revisions(_ set: Object) -> (current: SetRevision, update: SetRevision) {
        var older = set
        Fixtures.setImage("nginx:0", of: &older)
        return (
            SetRevision(SetRevisions.revision(SetSpec(older), number: 1, collisionCount: 0)),
            SetRevision(SetRevisions.revision(SetSpec(set), number: 2, collisionCount: 0))
        )
    }

    private func observation(_ set: Object, pods: [Object] = [], claims: [String: Object] = [:]) -> SetObservation {
        let (current, update) = revisions(set)
        return SetObservation(
            set: set, pods: pods, claims: claims, current: current, update: update, collisionCount: 0,
            now: 1_767_225_600)
    }

    private enum Life: CaseIterable { case missing, pending, ready, broken, going, failed }

    private func pod(_ set: Object, _ ordinal: Int, _ life: Life, old: Bool = false) -> Object? {
        let (current, update) = revisions(set)
        let revision = old ? current : update
        var pod = PodTemplate.pod(
            SetSpec(set), template: revision.template, revision: revision.name, ordinal: ordinal)
        pod.uid = "pod-\(ordinal)"
        let ready: JSON = life == .ready || life == .going ? "True" : "False"
        let condition: JSON = ["type": "Ready", "status": ready, "lastTransitionTime": "2026-01-01T00:00:00Z"]
        switch life {
        case .missing: return nil
        case .pending: pod["status"] = ["phase": "Pending"]
        case .failed: pod["status"] = ["phase": "Failed"]
        case .ready, .broken, .going: pod["status"] = ["phase": "Running", "conditions": [condition]]
        }
        if life == .going { pod["metadata", "deletionTimestamp"] = "2026-01-01T00:00:30Z" }
        return pod
    }

    private func created(_ plan: SetPlan) -> [String] {
        plan.writes.compactMap { write in
            guard case .createPod(let pod) = write else { return nil }
            return pod.name
        }
    }

    private func deleted(_ plan: SetPlan) -> [String] {
        plan.writes.compactMap { write in
            guard case .deletePod(let name, _) = write else { return nil }
            return name
        }
    }

    // MARK: Bounds

    @Test(arguments: [false, true]) func aRoundMakesAFewOfBillions(parallel: Bool) {
        let set = Fixtures.set(replicas: most, parallel: parallel)
        let plan = SetDecision.decide(observation(set))
        #expect(created(plan) == (0..<(parallel ? 500 : 1)).map { "web-\($0)" })
        #expect(plan.status.replicas == 0)
    }

    /// The highest ordinals there can be, and claims that would grow.
    @Test(arguments: [false, true]) func aRoundLooksAtThePodsThatThereAre(parallel: Bool) {
        var set = Fixtures.set(
            replicas: most, parallel: parallel,
            strategy: ["type": "RollingUpdate", "rollingUpdate": ["partition": 0, "maxUnavailable": "10%"]],
            start: most)
        set.setAnnotation(SetAnnotation.growClaims, "true")
        let pods = [most, most + 1].compactMap { pod(set, $0, .ready, old: true) }
        let plan = SetDecision.decide(observation(set, pods: pods))
        #expect(plan.status.replicas == 2 && plan.status.readyReplicas == 2)
        #expect(created(plan).first == "web-\(most + 2)")
        #expect(created(plan).count == (parallel ? 500 : 1))
        // Nearly all of the set is missing: nothing that runs may go.
        #expect(deleted(plan).isEmpty)
    }

    @Test func anEndBeyondAllNumbersIsTheLastNumber() {
        let set = SetSpec(Fixtures.set(replicas: 5, start: Int.max - 2))
        #expect(set.ordinals == (Int.max - 2)..<Int.max)
        #expect(set.ordinalsLookedAt(present: [], missing: 500) == [Int.max - 2, Int.max - 1])
    }

    @Test func looksAtWhatIsThereAndTheFirstThatIsNot() {
        let set = SetSpec(Fixtures.set(replicas: 6, start: 2))
        #expect(set.ordinalsLookedAt(present: [3, 7, 9], missing: 1) == [2, 3, 7])
        #expect(set.ordinalsLookedAt(present: [3, 7, 9], missing: 2) == [2, 3, 4, 7])
        #expect(set.ordinalsLookedAt(present: [], missing: Int.max) == [2, 3, 4, 5, 6, 7])
        #expect(set.ordinalsLookedAt(present: [2, 3], missing: 0) == [2, 3])
    }

    // MARK: The same answers

    private func randomObservation(_ random: inout SeededRandom, parallel: Bool) -> SetObservation {
        let strategies: [JSON] = [
            ["type": "OnDelete"], ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]],
            ["type": "RollingUpdate", "rollingUpdate": ["partition": 3]],
            ["type": "RollingUpdate", "rollingUpdate": ["partition": 0, "maxUnavailable": 2]],
            ["type": "RollingUpdate", "rollingUpdate": ["partition": 2, "maxUnavailable": "50%"]],
        ]
        let start = Bool.random(using: &random) ? 4 : 0
        var set = Fixtures.set(
            replicas: Int.random(in: 0...8, using: &random), parallel: parallel, claims: !parallel,
            strategy: strategies.randomElement(using: &random) ?? [:], start: start)
        if Bool.random(using: &random) { set.setAnnotation(SetAnnotation.unstickRollout, "true") }
        // Mostly ready, or a round hardly ever comes as far as the update.
        let lives = Life.allCases + [.ready, .ready, .ready, .ready]
        let pods = (start..<(start + 10)).compactMap { ordinal in
            pod(set, ordinal, lives.randomElement(using: &random) ?? .ready, old: Bool.random(using: &random))
        }
        return observation(set, pods: pods)
    }

    /// In order, to look at the first missing ordinal is to look at all of them.
    @Test func inOrderOneMissingOrdinalIsEnough() {
        var random = SeededRandom(11)
        for _ in 0..<500 {
            let observation = randomObservation(&random, parallel: false)
            #expect(SetDecision.decide(observation) == SetDecision.decide(observation, missing: Int.max))
        }
    }

    /// In parallel, those that are not looked at are made later, and what is done to the others is the same.
    @Test func inParallelTheFirstOnesAreMadeAndNothingElseChanges() {
        var random = SeededRandom(12)
        for _ in 0..<500 {
            let observation = randomObservation(&random, parallel: true)
            let all = SetDecision.decide(observation, missing: Int.max)
            #expect(SetDecision.decide(observation) == all)
            let some = SetDecision.decide(observation, missing: 2)
            #expect(created(some) == Array(created(all).prefix(2)))
            #expect(deleted(some) == deleted(all))
            #expect(some.status == all.status)
        }
    }

    // MARK: The controller

    /// With claims, whose cache is asked for them.
    @Test func theControllerLivesWithBillions() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: most), .statefulSets)
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0"] })
        try await cluster.setReady("web-0")
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0", "web-1"] })
        #expect(cluster.names(.persistentVolumeClaims) == ["www-web-0", "www-web-1"])
        await cluster.stop()
    }

    @Test func moreThanOneRoundMakesAllInParallel() {
        var cluster = ModelCluster(Fixtures.set(replicas: 505, parallel: true, claims: false))
        cluster.converge()
        #expect(cluster.pods.count == 505)
        finish(cluster)
    }

    // MARK: Names

    @Test func ordinalsAreAsHighAsStartAndReplicasTogether() {
        #expect(PodIdentity.parse("web-2147483648")?.ordinal == 2_147_483_648)
        #expect(PodIdentity.parse("web-4294967294")?.set == "web")
        #expect(PodIdentity.parse("web-42949672940")?.ordinal == nil)
        #expect(PodIdentity.parse("web-99999999999999999999")?.ordinal == nil)
    }
}
