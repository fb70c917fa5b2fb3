import Objects
import Testing

@testable import Controllers

/// Which changes make waiting pods be looked at again.
@Suite struct SchedulingHintsTests {
    private func pod(node: String?, phase: String = "Running", labels: JSON = [:]) -> Object {
        var pod = Object([
            "metadata": ["name": "p", "namespace": "case", "uid": "p", "labels": labels], "spec": [:],
            "status": ["phase": .string(phase)],
        ])
        pod["spec", "nodeName"] = node.map { .string($0) }
        return pod
    }

    @Test func podsMakeRoomWhenTheyEndOrGo() {
        let placed = pod(node: "n1")
        #expect(SchedulingHints.change(pod: placed, nil) == .room)
        #expect(SchedulingHints.change(pod: placed, pod(node: "n1", phase: "Failed")) == .room)
        #expect(SchedulingHints.change(pod: pod(node: nil), placed) == .company)
        #expect(SchedulingHints.change(pod: placed, pod(node: "n1", labels: ["a": "b"])) == .company)
        var ready = placed
        ready["status", "conditions"] = [["type": "Ready", "status": "True"]]
        #expect(SchedulingHints.change(pod: placed, ready) == .nothing)
        var smaller = placed
        smaller["spec", "containers"] = [["name": "c"]]
        #expect(SchedulingHints.change(pod: placed, smaller) == .room)
        #expect(SchedulingHints.change(pod: pod(node: nil), nil) == .nothing)
    }

    @Test func heartbeatsOfNodesAreNoNews() {
        let node = Object(["metadata": ["name": "n1"], "status": ["allocatable": ["cpu": "1"]]])
        var beat = node
        beat["status", "conditions"] = [["type": "Ready", "lastHeartbeatTime": "2026-01-01T00:00:00Z"]]
        #expect(!SchedulingHints.isNews(node: node, beat))
        var larger = node
        larger["status", "allocatable", "cpu"] = "2"
        #expect(SchedulingHints.isNews(node: node, larger))
        #expect(SchedulingHints.isNews(node: nil, node) && SchedulingHints.isNews(node: node, nil))
        var cordoned = node
        cordoned["spec"] = ["unschedulable": true]
        #expect(SchedulingHints.isNews(node: node, cordoned))
    }

    @Test func placedPodsAreCountedOncePerChange() {
        let placed = PlacedPods()
        var counted = 0
        for _ in 0..<3 {
            _ = placed.states {
                counted += 1
                return []
            }
        }
        #expect(counted == 1)
        placed.change()
        _ = placed.states {
            counted += 1
            return []
        }
        #expect(counted == 2)
    }
}
