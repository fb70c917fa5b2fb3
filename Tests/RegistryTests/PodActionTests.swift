import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct PodActionTests {
    private func binding(_ node: JSON, kind: JSON = "Node") -> Object {
        Object([
            "apiVersion": "v1", "kind": "Binding", "metadata": ["name": "p", "annotations": ["a": "b"]],
            "target": ["kind": kind, "name": node],
        ])
    }

    @Test func aBindingAssignsThePod() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p"), .pods)
        try await fixture.registry.bind(fixture.key(.pods, "p"), binding("n1"), by: .tester)
        let pod = try fixture.registry.get(fixture.key(.pods, "p"))
        #expect(pod["spec", "nodeName"] == "n1")
        #expect(pod.annotation("a") == "b")
        #expect(pod.generation == 1)
        #expect(pod["status", "conditions"]?.array?.first?["type"] == "PodScheduled")
        let again = await fixture.failure {
            try await fixture.registry.bind(fixture.key(.pods, "p"), binding("n2"), by: .tester)
        }
        #expect(again?.code == 409)
    }

    @Test(arguments: [("", "Node", 500), ("n1", "Pod", 500)] as [(JSON, JSON, Int)])
    func bindingsAreChecked(_ node: JSON, _ kind: JSON, _ code: Int) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p"), .pods)
        let status = await fixture.failure {
            try await fixture.registry.bind(fixture.key(.pods, "p"), binding(node, kind: kind), by: .tester)
        }
        #expect(status?.code == code)
    }

    // MARK: Eviction

    private func budget(_ fixture: Fixture, _ name: String, allowed: Int64, observed: Int64 = 1) async throws {
        let budget: JSON = [
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": .string(name)],
            "spec": ["minAvailable": 1, "selector": ["matchLabels": ["app": "x"]]],
        ]
        try await fixture.make(budget, .podDisruptionBudgets)
        _ = try await fixture.registry.update(
            fixture.key(.podDisruptionBudgets, name), subresource: .status, by: .tester
        ) { old in
            var new = old
            new["status"] = [
                "observedGeneration": .integer(observed), "disruptionsAllowed": .integer(allowed),
                "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 2,
            ]
            return new
        }
    }

    private func runningPod(_ fixture: Fixture, ready: Bool = true) async throws {
        try await fixture.make(Sample.pod("p", node: "n1"), .pods)
        _ = try await fixture.registry.update(fixture.key(.pods, "p"), subresource: .status, by: .tester) { old in
            var new = old
            new["status", "phase"] = "Running"
            new["status", "conditions"] = [["type": "Ready", "status": ready ? "True" : "False"]]
            return new
        }
    }

    @Test(
        arguments: [
            (0, 1, true, 429, "needs 1 healthy pods and has 1 currently"), (1, 0, true, 429, "still being processed"),
            (1, 1, true, 0, ""), (0, 1, false, 0, ""),
        ] as [(Int64, Int64, Bool, Int, String)])
    func evictionsSpendTheBudget(
        _ allowed: Int64, _ observed: Int64, _ ready: Bool, _ code: Int, _ why: String
    ) async throws {
        let fixture = try await Fixture.ready()
        try await runningPod(fixture, ready: ready)
        try await budget(fixture, "b", allowed: allowed, observed: observed)
        let status = await fixture.failure {
            try await fixture.registry.evict(fixture.key(.pods, "p"), by: .tester)
        }
        #expect((status?.code ?? 0) == code)
        let pod = try fixture.registry.get(fixture.key(.pods, "p"))
        let mark = pod["status", "conditions"]?.array?.first { $0["type"] == "DisruptionTarget" }
        #expect(pod.isBeingDeleted == (code == 0))
        #expect((mark?["reason"] == "EvictionByEvictionAPI") == (code == 0))
        if code != 0 {
            #expect(status?.causes.first?.reason == "DisruptionBudget")
            #expect(status?.causes.first?.message.contains(why) == true)
        }
        let left = try fixture.registry.get(fixture.key(.podDisruptionBudgets, "b"))["status", "disruptionsAllowed"]
        #expect(left?.integer == (code == 0 && ready ? allowed - 1 : allowed))
    }

    @Test func pendingPodsAreFree() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p"), .pods)
        try await budget(fixture, "b", allowed: 0)
        let outcome = try await fixture.registry.evict(fixture.key(.pods, "p"), by: .tester)
        #expect(outcome.removed)
    }

    @Test func twoBudgetsAreTooMany() async throws {
        let fixture = try await Fixture.ready()
        try await runningPod(fixture)
        try await budget(fixture, "b1", allowed: 1)
        try await budget(fixture, "b2", allowed: 1)
        let status = await fixture.failure {
            try await fixture.registry.evict(fixture.key(.pods, "p"), by: .tester)
        }
        #expect(status?.code == 500)
        #expect(status?.reason == "")
    }

    @Test func aDryRunEvictsNobody() async throws {
        let fixture = try await Fixture.ready()
        try await runningPod(fixture)
        try await budget(fixture, "b", allowed: 1)
        _ = try await fixture.registry.evict(
            fixture.key(.pods, "p"), options: DeleteOptions(dryRun: true), by: .tester)
        let pod = try fixture.registry.get(fixture.key(.pods, "p"))
        #expect(!pod.isBeingDeleted && pod["status", "conditions"]?.array?.count == 1)
        let left = try fixture.registry.get(fixture.key(.podDisruptionBudgets, "b"))["status", "disruptionsAllowed"]
        #expect(left == 1)
    }

    @Test func evictionsMindTheirPreconditions() async throws {
        let fixture = try await Fixture.ready()
        try await runningPod(fixture)
        let now = try fixture.registry.get(fixture.key(.pods, "p"))
        for options in [DeleteOptions(uid: "another"), DeleteOptions(resourceVersion: "1")] {
            let status = await fixture.failure {
                try await fixture.registry.evict(fixture.key(.pods, "p"), options: options, by: .tester)
            }
            #expect(status?.code == 409)
            #expect(try fixture.registry.get(fixture.key(.pods, "p")) == now)
        }
        let options = DeleteOptions(uid: now.uid, resourceVersion: now.resourceVersion)
        _ = try await fixture.registry.evict(fixture.key(.pods, "p"), options: options, by: .tester)
        #expect(try fixture.registry.get(fixture.key(.pods, "p")).isBeingDeleted)
    }
}
