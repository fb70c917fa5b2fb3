import Dispatch
import Objects
import Registry
import Store
import TestSupport
import Testing

/// Pods that change between the moment an eviction looks at them and the moment it deletes them.
@Suite struct EvictionRaceTests {
    /// A registry that is interrupted whenever it asks for the time, which an eviction does after it has read the pod.
    private final class Interrupted: Sendable {
        let fixture: Fixture
        let registry: Registry
        private let interruptions: LockedBox<Interruptions>

        struct Interruptions: Sendable {
            var left = 0
            var count = 0
            var change: @Sendable (inout Object) -> Void = { _ in }
        }

        init() async throws {
            let fixture = try await Fixture.ready()
            let interruptions = LockedBox(Interruptions())
            self.fixture = fixture
            self.interruptions = interruptions
            registry = Registry(
                engine: fixture.engine,
                options: RegistryOptions(clock: {
                    Interrupted.interrupt(fixture, interruptions)
                    return Timestamp(seconds: 1_700_000_000)
                }))
        }

        var count: Int { interruptions.withLock { $0.count } }

        /// From now on, so many times, somebody else changes the pod first.
        func interrupt(times: Int, _ change: @escaping @Sendable (inout Object) -> Void) {
            interruptions.withLock { interruptions in
                interruptions.left = times
                interruptions.change = change
            }
        }

        private static func interrupt(_ fixture: Fixture, _ interruptions: LockedBox<Interruptions>) {
            let change: (@Sendable (inout Object) -> Void)? = interruptions.withLock { interruptions in
                guard interruptions.left > 0 else { return nil }
                interruptions.left -= 1
                interruptions.count += 1
                return interruptions.change
            }
            guard let change, var pod = try? fixture.registry.get(fixture.key(.pods, "p")) else { return }
            change(&pod)
            let put = Put(key: Array("/registry/pods/case/p".utf8), value: ObjectCoding.encode(pod))
            let written = DispatchSemaphore(value: 0)
            fixture.engine.submit(Transaction(success: [.put(put)]), origin: Origin("test")) { _ in written.signal() }
            written.wait()
        }

        func evict(_ options: DeleteOptions = DeleteOptions()) async -> Status? {
            await fixture.failure {
                try await self.registry.evict(self.fixture.key(.pods, "p"), options: options, by: .tester)
            }
        }

        var pod: Object? { try? fixture.registry.get(fixture.key(.pods, "p")) }

        /// Nobody has begun to evict it.
        var isUntouched: Bool {
            guard let pod else { return false }
            let conditions = pod["status", "conditions"]?.array ?? []
            return !pod.isBeingDeleted && !conditions.contains { $0["type"] == "DisruptionTarget" }
        }

        var allowed: Int64? {
            let budget = try? fixture.registry.get(fixture.key(.podDisruptionBudgets, "b"))
            return budget?["status", "disruptionsAllowed"]?.integer
        }
    }

    private func cluster(phase: JSON, allowed: Int64) async throws -> Interrupted {
        let cluster = try await Interrupted()
        let fixture = cluster.fixture
        try await fixture.make(Sample.pod("p", node: "n1"), .pods)
        _ = try await fixture.registry.update(fixture.key(.pods, "p"), subresource: .status, by: .tester) { old in
            var new = old
            new["status", "phase"] = phase
            new["status", "conditions"] = [["type": "Ready", "status": "False"]]
            return new
        }
        let budget: JSON = [
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "b"],
            "spec": ["minAvailable": 1, "selector": ["matchLabels": ["app": "x"]]],
        ]
        try await fixture.make(budget, .podDisruptionBudgets)
        let key = fixture.key(.podDisruptionBudgets, "b")
        _ = try await fixture.registry.update(key, subresource: .status, by: .tester) { old in
            var new = old
            new["status"] = [
                "observedGeneration": 1, "disruptionsAllowed": .integer(allowed), "currentHealthy": 1,
                "desiredHealthy": 1, "expectedPods": 2,
            ]
            return new
        }
        return cluster
    }

    @Sendable private static func becomeReady(_ pod: inout Object) {
        pod["status", "phase"] = "Running"
        pod["status", "conditions"] = [["type": "Ready", "status": "True"]]
    }

    @Test func aPodThatBecomesReadyIsFreeNoMore() async throws {
        let cluster = try await cluster(phase: "Pending", allowed: 0)
        cluster.interrupt(times: 1, Self.becomeReady)
        let status = await cluster.evict()
        #expect(status?.code == 429)
        #expect(status?.causes.first?.message.contains("needs 1 healthy pods") == true)
        #expect(cluster.isUntouched)
    }

    @Test func aPodThatBecomesReadySpendsTheBudget() async throws {
        let cluster = try await cluster(phase: "Pending", allowed: 1)
        cluster.interrupt(times: 1, Self.becomeReady)
        #expect(await cluster.evict() == nil)
        #expect(cluster.pod?.isBeingDeleted == true)
        #expect(cluster.allowed == 0)
    }

    @Test func aPodThatChangesAndStaysFreeGoes() async throws {
        let cluster = try await cluster(phase: "Pending", allowed: 0)
        cluster.interrupt(times: 3) { $0.setAnnotation("changed", "once more") }
        #expect(await cluster.evict() == nil)
        #expect(!cluster.isUntouched)
    }

    @Test func aPodThatNeverRestsIsGivenUp() async throws {
        let cluster = try await cluster(phase: "Pending", allowed: 0)
        cluster.interrupt(times: 10_000) { $0.setAnnotation("changed", "once more") }
        #expect(await cluster.evict()?.code == 409)
        #expect(cluster.isUntouched)
        #expect((20...200).contains(cluster.count))
    }

    /// The client named no version, so a change is nothing that it could put right.
    @Test func anUnhealthyPodThatChangesIsAskedForAgain() async throws {
        let cluster = try await cluster(phase: "Running", allowed: 0)
        cluster.interrupt(times: 1, Self.becomeReady)
        let status = await cluster.evict()
        #expect(status?.code == 429)
        #expect(status?.causes.first?.message.contains("still being processed") == true)
        #expect(cluster.isUntouched)
    }

    @Test(arguments: ["Pending", "Running"] as [JSON]) func aVersionThatTheClientNamedCounts(_ phase: JSON) async throws
    {
        let cluster = try await cluster(phase: phase, allowed: 0)
        let version = cluster.pod?.resourceVersion ?? ""
        cluster.interrupt(times: 1) { $0.setAnnotation("changed", "once") }
        #expect(await cluster.evict(DeleteOptions(resourceVersion: version))?.code == 409)
        #expect(cluster.isUntouched)
    }

    @Test func aPodThatHasEndedGoesWhateverChanges() async throws {
        let cluster = try await cluster(phase: "Failed", allowed: 0)
        cluster.interrupt(times: 1) { $0.setAnnotation("changed", "once") }
        #expect(await cluster.evict() == nil)
        #expect(!cluster.isUntouched)
    }
}
