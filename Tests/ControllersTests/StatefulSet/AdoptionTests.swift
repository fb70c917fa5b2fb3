import Objects
import Testing

@testable import Controllers

@Suite struct AdoptionTests {
    private func pod(_ name: String, labels: JSON = ["app": "nginx"], owner: String? = nil) -> Object {
        var pod = Object([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": .string(name), "namespace": "case", "uid": .string("uid-" + name), "labels": labels],
            "spec": ["containers": [["name": "c", "image": "nginx"]]], "status": ["phase": "Pending"],
        ])
        if let owner {
            pod["metadata", "ownerReferences"] = [
                [
                    "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": .string(owner),
                    "controller": true,
                ]
            ]
        }
        return pod
    }

    private func ownership(_ pods: [Object], set: Object = Fixtures.set(replicas: 1)) -> Ownership {
        Ownership(of: pods, set: SetSpec(set)) {
            PodIdentity.isMember($0, of: "web") && $0.label("app") == "nginx"
        }
    }

    @Test func adoptsSelectedOrphansWithAMembersName() {
        let found = ownership([
            pod("web-0"), pod("stray"), pod("web-1", labels: [:]), pod("web-02"), pod("web-3", owner: "other"),
        ])
        #expect(found.adopted.map(\.name) == ["web-0"])
        #expect(found.owned.isEmpty && found.released.isEmpty)
    }

    @Test func releasesWhatItNoLongerSelects() {
        let found = ownership([pod("web-0", labels: [:], owner: "set-uid"), pod("web-1", owner: "set-uid")])
        #expect(found.released.map(\.name) == ["web-0"])
        #expect(found.owned.map(\.name) == ["web-1"])
        #expect(Ownership.releasing(found.released[0], by: SetSpec(Fixtures.set(replicas: 1))).ownerReferences.isEmpty)
    }

    @Test func changesNoOwnerWhileItIsBeingDeleted() {
        var set = Fixtures.set(replicas: 1)
        set["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        let found = ownership([pod("web-0"), pod("web-1", labels: [:], owner: "set-uid")], set: set)
        #expect(found.isSettled)
    }

    /// The recorded case `adoption`: the orphan counts as a replica of no revision, and in order blocks what follows.
    @Test func countsAnAdoptedPodAsAReplicaOfNoRevision() {
        var cluster = ModelCluster(Fixtures.set(replicas: 1, claims: false))
        cluster.pods["web-0"] = pod("web-0")
        cluster.pods["stray"] = pod("stray")
        cluster.run()
        #expect(cluster.pods["web-0"]?.controllerReference?.name == "web")
        #expect(cluster.pods["stray"]?.ownerReferences.isEmpty == true)
        let status = SetStatus(cluster.set["status"])
        #expect(status.replicas == 1 && status.currentReplicas == 0 && status.updatedReplicas == 0)
        cluster.converge()
        cluster.checkConverged()
        #expect(cluster.pods["web-0"]?.label(SetLabel.podIndex) == "0")
        #expect(cluster.violations.isEmpty)
    }
}
