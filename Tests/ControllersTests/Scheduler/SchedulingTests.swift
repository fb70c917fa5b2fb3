import Objects
import Testing

@testable import Controllers

@Suite struct SchedulingTests {
    private func node(
        _ name: String = "n1", spec: JSON = [:], labels: JSON = [:], allocatable: JSON = ["cpu": "2", "pods": "10"]
    )
        -> Object
    {
        Object([
            "kind": "Node", "metadata": ["name": .string(name), "labels": labels], "spec": spec,
            "status": ["allocatable": allocatable],
        ])
    }

    private func pod(_ spec: JSON = [:], labels: JSON = [:], name: String = "p") -> Object {
        Object([
            "kind": "Pod",
            "metadata": ["name": .string(name), "namespace": "case", "uid": .string(name), "labels": labels],
            "spec": spec, "status": ["phase": "Pending"],
        ])
    }

    private let noVolumes = SchedulingClaims(
        Object([:]), SchedulingClaims.Source(claim: { _ in nil }, volume: { _ in nil }, storageClass: { _ in nil }))

    private func reason(_ pod: Object, _ node: Object, pods: [Object] = []) -> String? {
        let decision = SchedulingDecision.decide(pod, nodes: [NodeState(node, pods: pods)], volumes: noVolumes)
        guard case .unschedulable(let message) = decision else { return nil }
        let head = "0/1 nodes are available: "
        guard message.hasPrefix(head), let end = message.dropFirst(head.count).firstIndex(of: ".") else {
            return message
        }
        return String(message[message.index(message.startIndex, offsetBy: head.count)..<end])
    }

    @Test func countsResources() {
        let hungry = pod(["containers": [["resources": ["requests": ["cpu": "1500m"]]]]])
        #expect(reason(hungry, node()) == nil)
        #expect(reason(hungry, node(), pods: [hungry]) == "1 Insufficient cpu")
        var ended = hungry
        ended["status", "phase"] = "Succeeded"
        #expect(reason(hungry, node(), pods: [ended]) == nil)
        #expect(reason(pod(), node(allocatable: ["pods": "1"]), pods: [pod(name: "q")]) == "1 Too many pods")
        let both = pod(["containers": [["resources": ["requests": ["cpu": "3", "memory": "1Gi"]]]]])
        #expect(reason(both, node()) == "1 Insufficient cpu, 1 Insufficient memory")
    }

    @Test func addsSidecarsAndTakesTheLargestInitContainer() {
        let spec: JSON = [
            "containers": [["resources": ["requests": ["cpu": "100m"]]]],
            "initContainers": [
                ["restartPolicy": "Always", "resources": ["requests": ["cpu": "200m"]]],
                ["resources": ["requests": ["cpu": "500m"]]],
            ],
            "overhead": ["cpu": "10m"],
        ]
        #expect(PodRequests.of(pod(spec))["cpu"] == 710)
    }

    /// What the API lets through may be more than 64 bits hold, and a node may say less than nothing.
    @Test func amountsBeyondAllNumbersDoNotFit() {
        func asking(_ memory: JSON, containers: Int = 1) -> Object {
            let container: JSON = ["resources": ["requests": ["memory": memory]]]
            return pod(["containers": .array(Array(repeating: container, count: containers))])
        }
        let most: JSON = "9223372036854775807"
        #expect(PodRequests.of(asking(most, containers: 3))["memory"] == .max)
        let large = node(allocatable: ["memory": most])
        #expect(
            reason(asking(most, containers: 2), large, pods: [asking(most, containers: 2)]) == "1 Insufficient memory")
        #expect(reason(asking("1"), large, pods: [asking(most)]) == "1 Insufficient memory")
        #expect(reason(asking(most), large) == nil)
        let negative = node(allocatable: ["memory": "-9223372036854775807"])
        #expect(reason(asking("1"), negative, pods: [asking(most)]) == "1 Insufficient memory")
        #expect(reason(pod(), negative) == nil)
    }

    @Test func respectsTaintsAndSelectors() {
        let tainted = node(spec: ["taints": [["key": "a", "value": "b", "effect": "NoSchedule"]]])
        #expect(reason(pod(), tainted) == "1 node(s) had untolerated taint(s)")
        #expect(reason(pod(["tolerations": [["key": "a", "value": "b", "effect": "NoSchedule"]]]), tainted) == nil)
        #expect(reason(pod(["tolerations": [["operator": "Exists"]]]), tainted) == nil)
        #expect(reason(pod(), node(spec: ["unschedulable": true])) == "1 node(s) were unschedulable")
        let picky = pod(["nodeSelector": ["disk": "ssd"]])
        #expect(reason(picky, node()) == "1 node(s) didn't match Pod's node affinity/selector")
        #expect(reason(picky, node(labels: ["disk": "ssd"])) == nil)
    }

    @Test(
        arguments: [
            ("In", ["a", "b"], true), ("NotIn", ["a"], false), ("Exists", [], true), ("DoesNotExist", [], false),
            ("In", ["c"], false), ("Gt", ["1"], false),
        ] as [(String, [String], Bool)])
    func matchesNodeTerms(_ operation: String, _ values: [String], _ expected: Bool) {
        let terms: JSON = [
            [
                "matchExpressions": [
                    [
                        "key": "zone", "operator": .string(operation), "values": .array(values.map { .string($0) }),
                    ]
                ]
            ]
        ]
        let affinity: JSON = [
            "nodeAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": terms]]
        ]
        #expect((reason(pod(["affinity": affinity]), node(labels: ["zone": "a"])) == nil) == expected)
    }

    @Test func keepsApartWhatWantsToBeApart() {
        let terms: JSON = [["labelSelector": ["matchLabels": ["app": "db"]], "topologyKey": "host"]]
        let spec: JSON = [
            "affinity": ["podAntiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": terms]]
        ]
        let first = pod(spec, labels: ["app": "db"])
        let second = pod(spec, labels: ["app": "db"], name: "q")
        let host = node(labels: ["host": "n1"])
        #expect(reason(first, host) == nil)
        #expect(reason(second, host, pods: [first]) == "1 node(s) didn't match pod anti-affinity rules")
        #expect(
            reason(pod(labels: ["app": "db"], name: "r"), host, pods: [first])
                == "1 node(s) didn't satisfy existing pods anti-affinity rules")
    }

    // MARK: Volumes

    private let claimingPod = Object([
        "kind": "Pod", "metadata": ["name": "p", "namespace": "case"],
        "spec": ["volumes": [["name": "v", "persistentVolumeClaim": ["claimName": "c"]]]],
    ])

    private func decide(claim: Object?, volume: Object? = nil, mode: String = "Immediate") -> SchedulingDecision {
        let storageClass = Object(["metadata": ["name": "s"], "volumeBindingMode": .string(mode)])
        let source = SchedulingClaims.Source(
            claim: { _ in claim }, volume: { _ in volume }, storageClass: { _ in storageClass })
        return SchedulingDecision.decide(
            claimingPod, nodes: [NodeState(node(labels: ["zone": "a"]), pods: [])],
            volumes: SchedulingClaims(claimingPod, source))
    }

    private func claim(bound: Bool) -> Object {
        var claim = Object(["metadata": ["name": "c", "namespace": "case"], "spec": ["storageClassName": "s"]])
        if bound {
            claim.setAnnotation(VolumeAnnotation.bindCompleted, "yes")
            claim["spec", "volumeName"] = "pv"
        }
        return claim
    }

    @Test func explainsClaims() {
        let tail = " preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
        #expect(
            decide(claim: nil)
                == .unschedulable("0/1 nodes are available: persistentvolumeclaim \"c\" not found." + tail))
        #expect(
            decide(claim: claim(bound: false))
                == .unschedulable(
                    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims." + tail))
        #expect(decide(claim: claim(bound: true), volume: Object(["spec": [:]])) == .bind(node: "n1"))
    }

    @Test func preparesVolumesOnFirstUse() {
        #expect(decide(claim: claim(bound: false), mode: "WaitForFirstConsumer") == .prepareVolumes(node: "n1"))
    }

    @Test func followsVolumesToTheirNode() {
        let terms: JSON = [["matchExpressions": [["key": "zone", "operator": "In", "values": ["b"]]]]]
        let volume = Object(["spec": ["nodeAffinity": ["required": ["nodeSelectorTerms": terms]]]])
        guard case .unschedulable(let message) = decide(claim: claim(bound: true), volume: volume) else {
            Issue.record("scheduled away from its volume")
            return
        }
        #expect(message.contains("1 node(s) didn't match PersistentVolume's node affinity"))
    }
}
