import Objects
import Testing

@testable import Controllers

/// What users of StatefulSets suffer from elsewhere: stuck rollouts and claims that cannot grow.
@Suite struct PainTests {
    private func broken(_ annotation: Bool, partition: Int64 = 0) -> ModelCluster {
        var set = Fixtures.set(
            replicas: 3, strategy: ["type": "RollingUpdate", "rollingUpdate": ["partition": .integer(partition)]])
        if annotation { set.setAnnotation(SetAnnotation.unstickRollout, "true") }
        var cluster = ModelCluster(set)
        cluster.converge()
        // A template whose pod never becomes ready, and then one that mends it.
        Fixtures.setImage("nginx:broken", of: &cluster.set)
        cluster.run()
        cluster.nodeCatchesUp()
        cluster.run()
        cluster.setPod("web-2", phase: "Running")
        Fixtures.setImage("nginx:mended", of: &cluster.set)
        cluster.run()
        return cluster
    }

    @Test func aBrokenPodHoldsUpItsOwnMending() {
        let cluster = broken(false)
        #expect(cluster.pods["web-2"]?.isBeingDeleted == false)
        #expect(!cluster.events.contains("RolloutUnstuck"))
    }

    @Test func theAnnotationFreesIt() {
        var cluster = broken(true)
        #expect(cluster.pods["web-2"]?.isBeingDeleted == true)
        #expect(cluster.events.contains("RolloutUnstuck"))
        cluster.converge()
        cluster.checkConverged()
        #expect(cluster.violations.isEmpty)
        let images = cluster.pods.values.map { $0["spec", "containers"]?.array?.first?["image"] }
        #expect(images.allSatisfy { $0 == "nginx:mended" })
    }

    @Test func belowThePartitionNothingIsReplaced() {
        var cluster = broken(true, partition: 2)
        cluster.converge()
        cluster.setPod("web-0", phase: "Running")
        cluster.run()
        #expect(cluster.pods["web-0"]?.isBeingDeleted == false)
    }

    /// A pod of the newest template is waited for, however long it takes.
    @Test func theNewestTemplateIsWaitedFor() {
        var cluster = broken(true)
        cluster.nodeCatchesUp()
        cluster.run()
        cluster.setPod("web-2", phase: "Running")
        cluster.run()
        #expect(cluster.pods["web-2"]?.isBeingDeleted == false)
    }

    @Test(arguments: [true, false]) func boundClaimsGrowWithTheirTemplate(asked: Bool) {
        var cluster = ModelCluster(Fixtures.set(replicas: 2))
        cluster.converge()
        cluster.claims["www-web-0"]?["status", "phase"] = "Bound"
        if asked { cluster.set.setAnnotation(SetAnnotation.growClaims, "true") }
        var template = cluster.set["spec", "volumeClaimTemplates"]?.array?.first ?? [:]
        template.set(["spec", "resources", "requests", "storage"], "2Gi")
        cluster.set["spec", "volumeClaimTemplates"] = [template]
        cluster.set.generation += 1
        cluster.run()
        func size(_ claim: String) -> JSON? { cluster.claims[claim]?["spec", "resources", "requests", "storage"] }
        #expect(size("www-web-0") == (asked ? "2Gi" : "1Gi"))
        // Not bound yet.
        #expect(size("www-web-1") == "1Gi")
        cluster.claims["www-web-1"]?["status", "phase"] = "Bound"
        cluster.converge()
        #expect(size("www-web-1") == (asked ? "2Gi" : "1Gi"))
        cluster.checkConverged()
        #expect(cluster.violations.isEmpty)
    }
}
