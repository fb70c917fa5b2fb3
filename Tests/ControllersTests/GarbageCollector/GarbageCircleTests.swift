import Objects
import Registry
import TestSupport
import Testing

@testable import Controllers

/// Objects that own each other: nobody in such a circle can go first, so nobody in it waits for another.
@Suite struct GarbageCircleTests {
    @Test(arguments: 1...4) func aCircleEndsWhenOneIsDeleted(size: Int) async throws {
        let cluster = try await GarbageHarness()
        try await cluster.makeCircle(of: size)
        try cluster.collector.start()
        try await cluster.delete("c0", .foreground)
        #expect(await cluster.wait { cluster.names.isEmpty })
        #expect(await cluster.wait { cluster.collector.isIdle })
        await cluster.collector.stop()
    }

    @Test(arguments: 1...4) func aCircleEndsWhenAllAreDeletedAtOnce(size: Int) async throws {
        let cluster = try await GarbageHarness()
        try await cluster.makeCircle(of: size)
        for index in 0..<size { try await cluster.delete("c\(index)", .foreground) }
        try cluster.collector.start()
        #expect(await cluster.wait { cluster.names.isEmpty })
        #expect(await cluster.wait { cluster.collector.isIdle })
        await cluster.collector.stop()
    }

    /// Those that only wait for each other are not looked at again and again.
    @Test func aChainWaitsForItsEndAndNobodyIsBusy() async throws {
        let cluster = try await GarbageHarness()
        let parent = try await cluster.make("parent")
        let child = try await cluster.make("child", ownedBy: parent)
        try await cluster.make("end", ownedBy: child, finalizers: ["example.com/hold"])
        try cluster.collector.start()
        try await cluster.delete("parent", .foreground)
        #expect(await cluster.wait { cluster.find("end")?.isBeingDeleted == true && cluster.collector.isIdle })
        #expect(cluster.find("parent") != nil && cluster.find("child") != nil)
        try await cluster.change("end") { $0.finalizers = [] }
        #expect(await cluster.wait { cluster.names.isEmpty })
        await cluster.collector.stop()
    }

    // MARK: The decision

    private func object(_ uid: String) -> Object {
        var object = Object(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["uid": .string(uid)]])
        object.finalizers = [GarbageFinalizer.foreground]
        object["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        return object
    }

    private func dependent(_ uid: String, of owner: String, waits: Bool) -> GarbageGraph.Dependent {
        let reference = OwnerReference([
            "apiVersion": "v1", "kind": "ConfigMap", "name": .string(owner), "uid": .string(owner),
            "blockOwnerDeletion": true,
        ])
        return GarbageGraph.Dependent(
            key: ObjectKey(.configMaps, namespace: "case", name: uid), uid: uid, owners: [reference],
            isWaiting: waits)
    }

    private func decide(_ dependents: [GarbageGraph.Dependent], waiting: Set<String> = []) -> GarbageDecision {
        GarbageDecision.decide(object("a"), owners: [], dependents: dependents, waiting: waiting)
    }

    @Test func waitsForThoseThatCanGoFirst() {
        let done = GarbageDecision.removeFinalizer(GarbageFinalizer.foreground)
        let busy = dependent("b", of: "a", waits: true)
        let idle = dependent("c", of: "a", waits: false)
        #expect(decide([dependent("a", of: "a", waits: true)]) == done)
        #expect(decide([busy]) == .nothing)
        #expect(decide([busy], waiting: ["b"]) == done)
        #expect(decide([busy, idle], waiting: ["b"]) == .deleteDependents([idle]))
        #expect(decide([busy, idle]) == .deleteDependents([idle]))
        // It owns the object, and it may yet be kept by somebody.
        #expect(decide([idle], waiting: ["c"]) == .deleteDependents([idle]))
    }

    @Test func theGraphKnowsWhoCannotGoFirst() {
        var graph = GarbageGraph()
        func add(_ uid: String, ownedBy owner: String, waits: Bool = true) {
            var new = object(uid)
            if !waits { new.finalizers = [] }
            new.name = uid
            new.setOwnerReferences(dependent(uid, of: owner, waits: true).owners)
            _ = graph.update(.configMaps, old: nil, new: new)
        }
        add("a", ownedBy: "c")
        add("b", ownedBy: "a")
        #expect(graph.waiting(for: "a").isEmpty)
        #expect(graph.waiting(for: "b") == ["a"])
        add("c", ownedBy: "b")
        #expect(graph.waiting(for: "a") == ["a", "b", "c"])
        add("b", ownedBy: "a", waits: false)
        #expect(graph.waiting(for: "a") == ["c"])
    }

    // MARK: What the graph has not heard of

    /// The collector of this test sees nothing; the store knows.
    @Test func orphansWhatItHasNotSeenYet() async throws {
        let cluster = try await GarbageHarness()
        let owner = try await cluster.make("owner")
        let child = try await cluster.make("child", ownedBy: owner)
        try await cluster.delete("owner", .orphan)
        await cluster.look(at: owner)
        #expect(cluster.find("owner") != nil)
        #expect(cluster.find("child")?.ownerReferences.isEmpty == true)
        await cluster.look(at: owner)
        #expect(cluster.find("owner") == nil)
        await cluster.look(at: child)
        #expect(cluster.find("child")?.isBeingDeleted == false)
    }

    @Test func waitsForWhatItHasNotSeenYet() async throws {
        let cluster = try await GarbageHarness()
        let owner = try await cluster.make("owner")
        let child = try await cluster.make("child", ownedBy: owner)
        try await cluster.delete("owner", .foreground)
        #expect(await cluster.look(at: owner) == .again(after: .milliseconds(100)))
        #expect(cluster.find("owner") != nil)
        await cluster.look(at: child)
        #expect(cluster.find("child") == nil)
        #expect(await cluster.look(at: owner) == .done)
        #expect(cluster.find("owner") == nil)
    }

    /// Its end was not told, so nobody but the store knows of it.
    @Test(arguments: [Propagation.orphan, .foreground]) func aDependentThatIsGoneHoldsNobodyUp(
        _ propagation: Propagation
    ) async throws {
        let cluster = try await GarbageHarness()
        let owner = try await cluster.make("owner")
        let child = try await cluster.make("child", ownedBy: owner)
        cluster.collector.observe(.configMaps, nil, child)
        try await cluster.change("child") { $0.setOwnerReferences([]) }
        try await cluster.delete("child", .background)
        try await cluster.delete("owner", propagation)
        await cluster.look(at: owner)
        await cluster.look(at: child)
        await cluster.look(at: owner)
        #expect(cluster.find("owner") == nil)
    }

    @Test func whatIsNotShownAnewIsGone() {
        var graph = GarbageGraph()
        for (uid, owner) in [("kept", "parent"), ("gone", "parent"), ("lost", "gone")] {
            var new = object(uid)
            new.finalizers = []
            new.name = uid
            new.setOwnerReferences(dependent(uid, of: owner, waits: false).owners)
            _ = graph.update(uid == "lost" ? .secrets : .configMaps, old: nil, new: new)
        }
        let concerned = graph.keep(only: ["kept", "parent"], of: .configMaps)
        #expect(Set(concerned.map(\.uid)) == ["parent", "lost"])
        #expect(graph.dependents(of: "parent").map(\.uid) == ["kept"])
        #expect(graph.dependents(of: "gone").map(\.uid) == ["lost"])
    }

    /// What happens while no watch is there is made up for when they are back.
    @Test func goesOnWhenItsWatchesEnd() async throws {
        let cluster = try await GarbageHarness()
        let owner = try await cluster.make("owner")
        try await cluster.make("gone", ownedBy: owner)
        try await cluster.make("kept", ownedBy: owner, finalizers: ["example.com/hold"])
        try cluster.collector.start()
        #expect(await cluster.wait { cluster.collector.isIdle })
        for _ in 0..<3 { cluster.engine.cancelWatchers() }
        try await cluster.delete("gone", .background)
        try await cluster.delete("owner", .foreground)
        #expect(await cluster.wait { cluster.find("kept")?.isBeingDeleted == true })
        try await cluster.change("kept") { $0.finalizers = [] }
        #expect(await cluster.wait { cluster.names.isEmpty })
        await cluster.collector.stop()
    }
}
