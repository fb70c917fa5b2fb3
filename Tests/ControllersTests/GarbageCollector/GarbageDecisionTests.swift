import Objects
import Testing

@testable import Controllers

@Suite struct GarbageDecisionTests {
    private func object(deleting: Bool = false, finalizers: [String] = []) -> Object {
        var object = Object([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": "thing", "namespace": "case", "uid": "uid"],
        ])
        object.finalizers = finalizers
        if deleting { object["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return object
    }

    private func owner(_ uid: String, blocks: Bool = true) -> OwnerReference {
        OwnerReference([
            "apiVersion": "v1", "kind": "ConfigMap", "name": .string(uid), "uid": .string(uid),
            "blockOwnerDeletion": .bool(blocks),
        ])
    }

    private func dependent(blocks: Bool = true) -> GarbageGraph.Dependent {
        GarbageGraph.Dependent(
            key: ObjectKey(.configMaps, namespace: "case", name: "child"), uid: "child",
            owners: [owner("uid", blocks: blocks)])
    }

    @Test(arguments: [
        ([OwnerState.solid], GarbageDecision.nothing), ([.gone], .delete(.background)),
        ([.solid, .gone], .removeOwners(["owner-1"])), ([.gone, .unknown], .removeOwners(["owner-0"])),
        ([.unknown], .nothing), ([.waiting], .delete(.background)), ([.solid, .waiting], .removeOwners(["owner-1"])),
        ([.gone, .gone], .delete(.background)), ([], .nothing),
    ])
    func followsTheStatesOfItsOwners(_ states: [OwnerState], _ expected: GarbageDecision) {
        let owners = states.enumerated().map { (reference: owner("owner-\($0)"), state: $1) }
        #expect(GarbageDecision.decide(object(), owners: owners, dependents: []) == expected)
    }

    @Test func passesAForegroundDeletionOn() {
        let waiting = [(reference: owner("owner"), state: OwnerState.waiting)]
        #expect(GarbageDecision.decide(object(), owners: waiting, dependents: [dependent()]) == .delete(.foreground))
    }

    @Test func waitsInTheForegroundForThoseThatBlock() {
        let waiting = object(deleting: true, finalizers: [GarbageFinalizer.foreground])
        #expect(
            GarbageDecision.decide(waiting, owners: [], dependents: [dependent()]) == .deleteDependents([dependent()]))
        #expect(
            GarbageDecision.decide(waiting, owners: [], dependents: [dependent(blocks: false)])
                == .removeFinalizer(GarbageFinalizer.foreground))
    }

    @Test func orphansBeforeItGoes() {
        let waiting = object(deleting: true, finalizers: [GarbageFinalizer.orphan])
        #expect(
            GarbageDecision.decide(waiting, owners: [], dependents: [dependent()]) == .orphanDependents([dependent()]))
        #expect(
            GarbageDecision.decide(waiting, owners: [], dependents: []) == .removeFinalizer(GarbageFinalizer.orphan))
    }

    @Test func leavesAloneWhatWaitsForOthers() {
        let waiting = object(deleting: true, finalizers: ["example.com/mine"])
        let gone = [(reference: owner("owner"), state: OwnerState.gone)]
        #expect(GarbageDecision.decide(waiting, owners: gone, dependents: [dependent()]) == .nothing)
    }

    @Test func remembersDependentsOnly() {
        var graph = GarbageGraph()
        var child = object()
        child.setOwnerReferences([owner("parent")])
        #expect(graph.update(.configMaps, old: nil, new: object()).isEmpty)
        #expect(graph.update(.configMaps, old: nil, new: child).map(\.uid) == ["uid"])
        #expect(graph.dependents(of: "parent").map(\.uid) == ["uid"])
        var parent = object()
        parent.uid = "parent"
        #expect(graph.update(.configMaps, old: parent, new: nil).map(\.uid) == ["uid"])
        #expect(graph.update(.configMaps, old: child, new: nil).map(\.uid) == ["parent"])
        #expect(graph.dependents(of: "parent").isEmpty)
    }
}
