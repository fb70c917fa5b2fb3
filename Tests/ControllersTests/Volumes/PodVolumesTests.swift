import Objects
import Testing

@testable import Controllers

/// Which node a claim of a WaitForFirstConsumer class is provisioned for.
@Suite struct PodVolumesTests {
    private func plan(selected: String, nodes: [String]) -> PodVolumePlan {
        let objects = [
            Make.storageClass("w", waits: true),
            Make.claim("c", className: "w", annotations: [VolumeAnnotation.selectedNode: selected]),
        ]
        let view = Make.view(objects + nodes.map { Make.node($0) })
        return view.plan(pod: PodUse(Make.pod("p", claims: ["c"])), node: Make.node("n2"))
    }

    @Test("6-8: for another node") func b6_8() {
        #expect(
            plan(selected: "n1", nodes: ["n1", "n2"])
                == .conflict(["node(s) didn't find available persistent volumes to bind"]))
    }

    @Test("6-11: for a node that is gone, and so for the one that there is") func b6_11_gone() throws {
        guard case .bind(let decision) = plan(selected: "n1", nodes: ["n2"]) else {
            Issue.record("the claim waits for a node that is gone")
            return
        }
        #expect(decision.claimWritten?.annotation(VolumeAnnotation.selectedNode) == "n2")
    }

    @Test("6-12: for this node, whether it is known yet or not", arguments: [["n2"], []])
    func b6_12(_ nodes: [String]) {
        #expect(plan(selected: "n2", nodes: nodes) == .waiting(["waiting for a volume to be created"]))
    }
}
