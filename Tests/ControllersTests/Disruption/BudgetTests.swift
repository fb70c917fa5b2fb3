import Objects
import Registry
import Testing

@testable import Controllers

/// What a budget's status says, as a table.
@Suite struct BudgetTests {
    private func budget(_ spec: JSON, status: JSON? = nil) -> Object {
        var budget = Object(["metadata": ["name": "b", "namespace": "case", "generation": 1], "spec": spec])
        budget["status"] = status
        return budget
    }

    private func pod(_ name: String, ready: Bool = true, going: Bool = false) -> Object {
        var pod = Object([
            "kind": "Pod", "metadata": ["name": .string(name), "namespace": "case", "uid": .string(name)],
            "status": [
                "phase": "Running", "conditions": [["type": "Ready", "status": ready ? "True" : "False"]],
            ],
        ])
        if going { pod["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return pod
    }

    private func status(
        _ budget: Object, _ pods: [Object],
        scale: BudgetDecision.Scale = .controlled(uid: "set", replicas: 3), seconds: Int64 = 0
    ) -> (status: JSON, notes: [BudgetDecision.Note]) {
        BudgetDecision.status(budget, pods, now: Timestamp(seconds: seconds)) { _ in scale }
    }

    /// Allowed, healthy, desired, expected.
    private func numbers(_ status: JSON) -> [Int64] {
        ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"].map { status[$0]?.integer ?? -1 }
    }

    @Test(
        arguments: [
            (["minAvailable": 1], [1, 2, 1, 3]), (["minAvailable": 2], [0, 2, 2, 3]),
            (["maxUnavailable": 1], [0, 2, 2, 3]), (["maxUnavailable": 2], [1, 2, 1, 3]),
            (["minAvailable": "34%"], [0, 2, 2, 3]), (["maxUnavailable": "50%"], [1, 2, 1, 3]),
            (["minAvailable": "0%"], [2, 2, 0, 3]), (["maxUnavailable": "100%"], [2, 2, 0, 3]),
            (["minAvailable": 10], [0, 2, 10, 3]), ([:], [0, 2, 0, 0]),
        ] as [(JSON, [Int64])])
    func countsDisruptions(_ spec: JSON, _ wanted: [Int64]) {
        let pods = [pod("a"), pod("b"), pod("c", ready: false)]
        #expect(numbers(status(budget(spec), pods).status) == wanted)
    }

    @Test func podsThatGoAreNotHealthy() {
        let pods = [pod("a"), pod("b"), pod("c", going: true)]
        #expect(numbers(status(budget(["minAvailable": 1]), pods).status) == [1, 2, 1, 3])
    }

    /// A set makes the next pod of the name within a millisecond: the budget must not wait for that one to go.
    @Test func aPodThatTookAnEvictedOnesNameIsAnother() {
        let evicted = budget(["minAvailable": 1], status: ["disruptedPods": ["a": "1970-01-01T00:00:10Z"]])
        func count(_ gone: [String: Int64]) -> (JSON, JSON?) {
            let status = BudgetDecision.status(
                evicted, [pod("a"), pod("b")], gone: gone, now: Timestamp(seconds: 12)
            ) { _ in .controlled(uid: "set", replicas: 2) }.status
            return (status["currentHealthy"] ?? .null, status["disruptedPods"]?["a"])
        }
        #expect(count([:]) == (1, "1970-01-01T00:00:10Z"))
        #expect(count(["a": 9, "b": 12]) == (1, "1970-01-01T00:00:10Z"))
        #expect(count(["a": 10]) == (2, nil))
    }

    @Test func saysThatItSelectsNothing() {
        let (status, notes) = status(budget(["minAvailable": "100%"]), [])
        #expect(numbers(status) == [0, 0, 0, 0])
        #expect(notes.map(\.reason) == ["NoPods"])
        #expect(status["conditions"]?.array?.first?["reason"] == "InsufficientPods")
    }

    /// Pods without a controller count where the budget has a number, and nowhere else.
    @Test func podsWithoutAControllerHaveNoScale() {
        let pods = [pod("a"), pod("b")]
        let counted = status(budget(["minAvailable": 1]), pods, scale: .unmanaged)
        #expect(numbers(counted.status) == [1, 2, 1, 2] && counted.notes.isEmpty)
        let uncounted = status(budget(["maxUnavailable": 1]), pods, scale: .unmanaged)
        #expect(numbers(uncounted.status) == [0, 2, 0, 0])
        #expect(uncounted.notes.map(\.reason) == ["UnmanagedPods"])
    }

    @Test func allowsNothingWhereItCannotCount() {
        let before: JSON = ["disruptionsAllowed": 2, "currentHealthy": 3, "desiredHealthy": 1, "expectedPods": 3]
        let (status, notes) = status(budget(["maxUnavailable": 2], status: before), [pod("a")], scale: .unknown)
        #expect(numbers(status) == [0, 3, 1, 3])
        let condition = status["conditions"]?.array?.first
        #expect(condition?["reason"] == "SyncFailed" && condition?["status"] == "False")
        #expect(condition?["message"] == "found no controllers for pod \"a\"")
        #expect(notes.map(\.reason) == ["CalculateExpectedPodCountFailed"])
    }

    /// A granted eviction counts as gone until the pod goes or its two minutes are over.
    @Test func remembersGrantedEvictions() {
        let before: JSON = ["disruptedPods": ["a": "1970-01-01T00:00:10Z", "gone": "1970-01-01T00:00:10Z"]]
        let one = budget(["minAvailable": 1], status: before)
        let pods = [pod("a"), pod("b")]
        let early = status(one, pods, seconds: 20).status
        #expect(numbers(early) == [0, 1, 1, 2])
        #expect(early["disruptedPods"]?.object?.keys == ["a"])
        let late = status(one, pods, seconds: 131).status
        #expect(numbers(late) == [1, 2, 1, 2] && late["disruptedPods"] == nil)
    }
}

/// Evictions of a set's pods with its budget, on a registry in memory.
@Suite struct EvictionTests {
    private func running(_ spec: JSON) async throws -> ControllerHarness {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 3, parallel: true, claims: false), .statefulSets)
        #expect(await cluster.wait { cluster.names(.pods).count == 3 })
        for ordinal in 0..<3 { try await cluster.setReady("web-\(ordinal)") }
        var budget = Object([
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": ["name": "b", "namespace": "case"], "spec": spec,
        ])
        budget["spec", "selector"] = ["matchLabels": ["app": "nginx"]]
        try await cluster.create(budget, .podDisruptionBudgets)
        return cluster
    }

    private func allowed(_ cluster: ControllerHarness) -> Int64? {
        let status = cluster.find(.podDisruptionBudgets, "b")?["status"]
        return status?["observedGeneration"] == 1 ? status?["disruptionsAllowed"]?.integer : nil
    }

    private func evict(_ cluster: ControllerHarness, _ pod: String) async -> Status? {
        do throws(Status) {
            _ = try await cluster.registry.evict(
                ObjectKey(.pods, namespace: "case", name: pod), by: cluster.user)
            return nil
        } catch { return error }
    }

    @Test func oneAfterTheOther() async throws {
        let cluster = try await running(["maxUnavailable": 1])
        #expect(await cluster.wait(for: [.podDisruptionBudgets]) { allowed(cluster) == 1 })
        let old = cluster.find(.pods, "web-1")?.uid
        #expect(await evict(cluster, "web-1") == nil)
        let refused = await evict(cluster, "web-2")
        #expect(refused?.code == 429)
        #expect(refused?.causes.first?.reason == "DisruptionBudget")
        // The set makes it anew; the budget allows the next when that one is ready.
        #expect(await cluster.wait { cluster.find(.pods, "web-1").map { $0.uid != old } ?? false })
        #expect(await evict(cluster, "web-2")?.code == 429)
        try await cluster.setReady("web-1")
        #expect(await cluster.wait(for: [.podDisruptionBudgets]) { allowed(cluster) == 1 })
        #expect(await evict(cluster, "web-2") == nil)
        await cluster.stop()
    }

    @Test func unhealthyPodsGoWhereTheBudgetSaysSo() async throws {
        for (policy, code) in [("AlwaysAllow", nil), ("IfHealthyBudget", 429)] as [(JSON, Int?)] {
            let cluster = try await running(["minAvailable": 3, "unhealthyPodEvictionPolicy": policy])
            try await cluster.setReady("web-0", false)
            #expect(
                await cluster.wait(for: [.podDisruptionBudgets]) {
                    cluster.find(.podDisruptionBudgets, "b")?["status", "currentHealthy"] == 2
                })
            #expect(await evict(cluster, "web-1")?.code == 429)
            #expect(await evict(cluster, "web-0")?.code == code)
            await cluster.stop()
        }
    }

    /// Nobody can evict it then, and the pod says why.
    @Test func aPodOfTwoBudgets() async throws {
        let cluster = try await running(["minAvailable": 1])
        var second = try #require(cluster.find(.podDisruptionBudgets, "b"))
        second["metadata"] = ["name": "a", "namespace": "case"]
        try await cluster.create(second, .podDisruptionBudgets)
        #expect(
            await cluster.wait(for: [.podDisruptionBudgets]) {
                cluster.find(.podDisruptionBudgets, "a")?["status", "expectedPods"] == 3
            })
        try await cluster.setReady("web-0", false)
        #expect(
            await cluster.wait(for: [.events]) {
                let events = (try? cluster.registry.list(.events, namespace: "case").items) ?? []
                return events.contains {
                    $0["reason"] == "MultiplePodDisruptionBudgets" && $0["involvedObject", "name"] == "web-0"
                }
            })
        await cluster.stop()
    }
}
