import Objects
import Testing

@testable import Controllers

/// Updates and moves of a set, in every combination of pod management and claim retention, with the invariants after
/// each write.
@Suite struct UpdateScenarioTests {
    private func cluster(_ mode: Mode, replicas: Int, strategy: JSON? = nil, minReadySeconds: Int = 0) -> ModelCluster {
        var cluster = ModelCluster(
            Fixtures.set(
                replicas: replicas, parallel: mode.parallel, retention: mode.retention,
                strategy: strategy ?? ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]],
                minReadySeconds: minReadySeconds))
        cluster.checksEachWrite = true
        return cluster
    }

    @Test(arguments: Mode.all) func movesToOtherOrdinals(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 3)
        cluster.converge()
        let kept = cluster.pods["web-2"]?.uid
        cluster.set["spec", "ordinals"] = ["start": 2]
        cluster.set.generation += 1
        cluster.converge()
        #expect(cluster.pods.keys.sorted() == ["web-2", "web-3", "web-4"])
        #expect(cluster.pods["web-2"]?.uid == kept)
        #expect(cluster.claims.count == (mode.retention.deletesWhenScaled ? 3 : 5))
        finish(cluster)
    }

    @Test(arguments: Mode.all) func neverMoreUnavailableThanAllowed(_ mode: Mode) {
        var cluster = cluster(
            mode, replicas: 5,
            strategy: ["type": "RollingUpdate", "rollingUpdate": ["partition": 1, "maxUnavailable": 2]])
        cluster.converge()
        Fixtures.setImage("nginx:2", of: &cluster.set)
        for _ in 0..<20 {
            cluster.run()
            let available = cluster.pods.values.count { PodState($0).isRunningAndReady && !$0.isBeingDeleted }
            #expect(available >= 3)
            cluster.nodeCatchesUp()
        }
        cluster.converge()
        let status = SetStatus(cluster.set["status"])
        #expect(status.updatedReplicas == 4 && status.currentReplicas == 1)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func waitsUntilPodsAreAvailable(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2, minReadySeconds: 60)
        // The model's pods are ready since the beginning of 2026, which is now.
        cluster.converge()
        #expect(cluster.pods.count == (mode.parallel ? 2 : 1))
        #expect(SetStatus(cluster.set["status"]).availableReplicas == 0)
        cluster.now += 61
        cluster.converge()
        #expect(SetStatus(cluster.set["status"]).availableReplicas == 2)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func keepsAsMuchHistoryAsItIsTold(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.set["spec", "revisionHistoryLimit"] = 1
        cluster.converge()
        for version in 2...5 {
            Fixtures.setImage("nginx:\(version)", of: &cluster.set)
            cluster.converge()
        }
        #expect(cluster.revisions.values.compactMap { $0["revision"]?.integer }.sorted() == [4, 5])
        finish(cluster)
    }

    /// Back to the template before the rollout is through: the pods that were not touched stay.
    @Test(arguments: Mode.all) func turnsBackHalfway(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 3)
        cluster.converge()
        let untouched = cluster.pods["web-0"]?.uid
        Fixtures.setImage("nginx:2", of: &cluster.set)
        cluster.run()
        cluster.nodeCatchesUp()
        cluster.run()
        cluster.nodeCatchesUp()
        Fixtures.setImage("nginx:1.9.1", of: &cluster.set)
        cluster.converge()
        #expect(cluster.pods["web-0"]?.uid == untouched)
        let status = SetStatus(cluster.set["status"])
        #expect(status.currentRevision == status.updateRevision && status.updatedReplicas == 3)
        #expect(cluster.revisions.count == 2)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func takesInAndLetsGoByLabels(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.converge()
        // Released, it still has the name, so its successor waits for it to go.
        cluster.pods["web-1"]?.setLabel("app", "other")
        cluster.run()
        #expect(cluster.pods["web-1"]?.controllerReference == nil)
        cluster.pods["web-1"]?.setLabel("app", "nginx")
        cluster.converge()
        #expect(cluster.pods["web-1"]?.controllerReference?.uid == cluster.set.uid)
        finish(cluster)
    }

    @Test(arguments: Mode.all) func doesNothingWhileItIsBeingDeleted(_ mode: Mode) {
        var cluster = cluster(mode, replicas: 2)
        cluster.converge()
        cluster.set["metadata", "deletionTimestamp"] = "2026-01-01T00:00:30Z"
        cluster.remove(pod: "web-1")
        cluster.run()
        #expect(cluster.pods.keys.sorted() == ["web-0"])
        #expect(SetStatus(cluster.set["status"]).replicas == 1)
        #expect(cluster.violations.isEmpty)
    }
}
