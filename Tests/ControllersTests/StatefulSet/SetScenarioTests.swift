import Objects
import Testing

@testable import Controllers

/// The life of a set, in every combination of pod management and claim retention, with the invariants after each step.
@Suite struct SetScenarioTests {
    private func cluster(_ mode: Mode, replicas: Int, start: Int = 0) -> ModelCluster {
        var cluster = ModelCluster(
            Fixtures.set(replicas: replicas, parallel: mode.parallel, retention: mode.retention, start: start))
        cluster.checksEachWrite = true
        return cluster
    }

    @Test(arguments: Mode.all) func createsOrdinalsAndTheirClaims(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 3)
        cluster.run()
        let first = ["web-0", "web-1", "web-2"].prefix(mode.parallel ? 3 : 1)
        #expect(cluster.pods.keys.sorted() == Array(first))
        #expect(cluster.claims.keys.sorted() == first.map { "www-\($0)" })
        #expect(SetStatus(cluster.set["status"]).replicas == first.count)
        cluster.converge()
        finish(cluster)
    }

    /// One pod, two, four: what cannot be done for the first is not tried for all.
    @Test func startsSlowlyInParallel() {
        var cluster = cluster(Mode(parallel: true, retention: ClaimRetention()), replicas: 9)
        // The revision, and then the controller stops.
        var budget = 1
        _ = cluster.run(budget: &budget)
        #expect(sizes(cluster) == [1, 2, 4, 2])
        cluster.run()
        Fixtures.setReplicas(1, of: &cluster.set)
        #expect(sizes(cluster) == [1, 2, 4, 1])
    }

    private func sizes(_ cluster: ModelCluster) -> [Int]? {
        let input = SetInput(
            set: cluster.set, pods: Array(cluster.pods.values), claims: cluster.claims,
            revisions: Array(cluster.revisions.values), now: cluster.now)
        guard case .carryOut(let plan, _) = SetRound.next(input, selects: { _ in true }) else { return nil }
        return plan.stages.map(\.count)
    }

    @Test(arguments: Mode.all) func startsAtTheChosenOrdinal(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2, start: 5)
        cluster.converge()
        #expect(cluster.pods.keys.sorted() == ["web-5", "web-6"])
        #expect(cluster.pods["web-5"]?.label(SetLabel.podIndex) == "5")
        finish(cluster)
    }

    @Test(arguments: Mode.all) func scalesDownAndUpAgain(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 3)
        cluster.converge()
        let claim = cluster.claims["www-web-2"]?.uid
        Fixtures.setReplicas(1, of: &cluster.set)
        cluster.converge()
        #expect(cluster.pods.keys.sorted() == ["web-0"])
        #expect(cluster.claims.count == (mode.retention.deletesWhenScaled ? 1 : 3))
        finish(cluster)
        Fixtures.setReplicas(3, of: &cluster.set)
        cluster.converge()
        #expect((cluster.claims["www-web-2"]?.uid == claim) == !mode.retention.deletesWhenScaled)
        finish(cluster)
    }

    /// Scaled up again while the condemned pod is still going: the claim is given back, or the new pod waits for a
    /// new claim, but it never uses one that is about to go.
    @Test(arguments: Mode.all) func scalesUpWhileAPodIsGoing(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.converge()
        Fixtures.setReplicas(1, of: &cluster.set)
        cluster.run()
        #expect(cluster.pods["web-1"]?.isBeingDeleted == true)
        Fixtures.setReplicas(2, of: &cluster.set)
        cluster.converge()
        finish(cluster)
    }

    @Test(arguments: Mode.all) func replacesFailedPodsWithTheirClaim(_ mode: Mode) {
        for phase in ["Failed", "Succeeded"] {
            var cluster = cluster(mode, replicas: 2)
            cluster.converge()
            let pod = cluster.pods["web-0"]?.uid
            let claim = cluster.claims["www-web-0"]?.uid
            cluster.setPod("web-0", phase: phase)
            cluster.converge()
            #expect(cluster.pods["web-0"]?.uid != pod)
            #expect(cluster.claims["www-web-0"]?.uid == claim)
            finish(cluster)
        }
    }

    @Test(arguments: Mode.all) func rollsOneAtATimeFromTheTop(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 3)
        cluster.converge()
        Fixtures.setImage("nginx:2", of: &cluster.set)
        for expected in ["web-2", "web-1", "web-0"] {
            cluster.run()
            #expect(cluster.pods.values.filter(\.isBeingDeleted).map(\.name) == [expected])
            cluster.nodeCatchesUp()
            cluster.run()
            cluster.setPod(expected, phase: "Running", ready: true)
        }
        cluster.converge()
        let status = SetStatus(cluster.set["status"])
        #expect(status.currentRevision == status.updateRevision)
        #expect(status.updatedReplicas == 3 && status.currentReplicas == 3)
        #expect(cluster.revisions.count == 2)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func keepsTheOldTemplateBelowThePartition(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 3)
        cluster.set["spec", "updateStrategy", "rollingUpdate", "partition"] = 2
        cluster.converge()
        Fixtures.setImage("nginx:2", of: &cluster.set)
        cluster.converge()
        cluster.delete(pod: "web-0")
        cluster.converge()
        func image(_ pod: String) -> String? {
            cluster.pods[pod]?["spec", "containers"]?.array?.first?["image"]?.string
        }
        #expect(["web-0", "web-1", "web-2"].map(image) == ["nginx:1.9.1", "nginx:1.9.1", "nginx:2"])
        let status = SetStatus(cluster.set["status"])
        #expect(status.updatedReplicas == 1 && status.currentReplicas == 2)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func rollsBackToTheEqualRevision(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.converge()
        let first = SetStatus(cluster.set["status"]).currentRevision
        Fixtures.setImage("nginx:2", of: &cluster.set)
        cluster.converge()
        Fixtures.setImage("nginx:1.9.1", of: &cluster.set)
        cluster.converge()
        #expect(SetStatus(cluster.set["status"]).currentRevision == first)
        #expect(cluster.revisions.count == 2)
        #expect(cluster.revisions[first]?["revision"] == 3)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func recreatesAClaimThatWasDeleted(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.converge()
        cluster.delete(claim: "www-web-1")
        cluster.delete(pod: "web-1")
        cluster.converge()
        finish(cluster)
    }

    @Test(arguments: Mode.all) func followsAChangeOfThePolicy(_ mode: Mode) {
        for other in Mode.all where other.parallel == mode.parallel {
            var cluster = cluster(mode, replicas: 2)
            cluster.converge()
            cluster.set["spec", "persistentVolumeClaimRetentionPolicy"] =
                Fixtures.set(replicas: 2, retention: other.retention)["spec", "persistentVolumeClaimRetentionPolicy"]
            cluster.set.generation += 1
            cluster.converge()
            finish(cluster)
        }
    }

    @Test(arguments: Mode.all) func updatesOnDeleteOnly(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.set["spec", "updateStrategy"] = ["type": "OnDelete"]
        cluster.converge()
        Fixtures.setImage("nginx:2", of: &cluster.set)
        let before = cluster.pods["web-0"]?.uid
        cluster.converge()
        #expect(cluster.pods["web-0"]?.uid == before)
        cluster.delete(pod: "web-0")
        cluster.converge()
        #expect(SetStatus(cluster.set["status"]).updatedReplicas == 1)
        finish(cluster)
    }
}
