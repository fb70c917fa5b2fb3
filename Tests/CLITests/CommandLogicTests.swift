import Client
import Objects
import Testing

@testable import CLI

@Suite struct CommandLogicTests {
    private func set(_ changes: [([String], JSON)]) -> Object {
        var json: JSON = [
            "kind": "StatefulSet", "metadata": ["generation": 2],
            "spec": ["replicas": 2, "updateStrategy": ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]]],
            "status": [
                "observedGeneration": 2, "readyReplicas": 2, "updatedReplicas": 2, "currentReplicas": 2,
                "currentRevision": "web-1", "updateRevision": "web-1",
            ],
        ]
        for (path, value) in changes { json.set(path, value) }
        return Object(json)
    }

    @Test(
        arguments: [
            ([], "statefulset rolling update complete 2 pods at revision web-1...\n", true),
            (
                [(["status", "observedGeneration"], 1)], "Waiting for statefulset spec update to be observed...\n",
                false
            ),
            ([(["status", "readyReplicas"], 0)], "Waiting for 2 pods to be ready...\n", false),
            (
                [(["status", "updateRevision"], "web-2"), (["status", "updatedReplicas"], 1)],
                "waiting for statefulset rolling update to complete 1 pods at revision web-2...\n", false
            ),
            (
                [(["spec", "updateStrategy", "rollingUpdate", "partition"], 1), (["status", "updatedReplicas"], 0)],
                "Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated...\n", false
            ),
            (
                [(["spec", "updateStrategy", "rollingUpdate", "partition"], 1)],
                "partitioned roll out complete: 2 new pods have been updated...\n", true
            ),
        ] as [([([String], JSON)], String, Bool)])
    func rolloutProgress(changes: [([String], JSON)], message: String, isDone: Bool) throws {
        let progress = try RolloutProgress(set(changes))
        #expect(progress.message == message)
        #expect(progress.isDone == isDone)
    }

    @Test func onDeleteHasNoRollout() {
        #expect(throws: CommandFailure.self) {
            try RolloutProgress(set([(["spec", "updateStrategy", "type"], "OnDelete")]))
        }
    }

    private let pod = Object([
        "metadata": ["name": "a", "generation": 3],
        "status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]],
    ])

    @Test(arguments: [
        ("condition=Ready", true), ("condition=ready=true", true), ("condition=Ready=False", false),
        ("condition=Other", false), ("jsonpath={.status.phase}=Running", true),
        ("jsonpath='{.status.phase}'=Running", false),
        ("jsonpath={.status.phase}=Pending", false), ("jsonpath=.status.phase=Running", true),
        ("jsonpath={.status.phase}", true),
        ("jsonpath={.status.podIP}", false), ("create", true), ("delete", false),
    ])
    func waitConditions(text: String, holds: Bool) {
        #expect((WaitCondition(argument: text)?.holds(pod) ?? false) == holds)
    }

    @Test(arguments: ["", "conditions=x", "jsonpath={.a", "jsonpath={.a}x", "deleted"])
    func mistakenConditions(text: String) { #expect(WaitCondition(argument: text) == nil) }

    @Test func aConditionOfAnOlderGenerationDoesNotCount() {
        var stale = pod
        stale["status", "observedGeneration"] = 2
        #expect(WaitCondition(argument: "condition=Ready")?.holds(stale) == false)
    }

    @Test func labelsArePlanned() throws {
        let changes = try KeyChange.parse(["a=1", "b-", "c=x=y", "gone-"])
        let plan = try KeyChange.plan(changes, ["a": "1", "b": "2"], overwrite: false, "labels")
        #expect(plan.patch == JSONObject([("b", nil), ("c", "x=y")]))
        #expect(plan.missing == ["gone"])
        #expect(throws: CommandFailure.self) { try KeyChange.plan(changes, ["c": "old"], overwrite: false, "labels") }
        #expect(try KeyChange.plan(changes, ["c": "old"], overwrite: true, "labels").patch["c"] == "x=y")
        #expect(throws: CommandFailure.self) { try KeyChange.parse(["novalue"]) }
    }

    @Test func containersAreChosen() throws {
        let pod = Object([
            "metadata": ["name": "p", "annotations": ["kubectl.kubernetes.io/default-container": "b"]],
            "spec": ["containers": [["name": "a"], ["name": "b"]], "initContainers": [["name": "i"]]],
        ])
        #expect(try PodFinder.container(pod, asked: nil) == "b")
        #expect(try PodFinder.container(pod, asked: "i") == "i")
        #expect(throws: CommandFailure.self) { try PodFinder.container(pod, asked: "x") }
    }

    @Test func explainKnowsFields() {
        let claim = SchemaTypes.builtin.index(of: "PersistentVolumeClaimSpec")
        let names = Explanation.fields(.object(claim ?? 0)).map(\.name)
        #expect(names.contains("accessModes"))
        #expect(Explanation.name(.list(.string)) == "[]string")
    }

    @Test func describeTextAligns() {
        var text = DescribeText()
        text.field(0, "Name", "x")
        text.map(0, "Labels", ["b": "2", "a": "1"])
        text.map(0, "None", [:])
        #expect(text.aligned == "Name:    x\nLabels:  a=1\n         b=2\nNone:    <none>\n")
    }

    @Test func eventsTellTheirAge() {
        let event = Object([
            "count": 5, "firstTimestamp": "1970-01-01T00:00:00Z", "lastTimestamp": "1970-01-01T00:09:00Z",
            "source": ["component": "kubelet", "host": "n"],
        ])
        #expect(DescribeEvents.age(event, 600) == "60s (x5 over 10m)")
        #expect(DescribeEvents.source(event) == "kubelet, n")
    }
}
