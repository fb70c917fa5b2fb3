import Objects
import Testing

@testable import Controllers

@Suite struct RevisionTests {
    /// The template of upstream's compatibility tests (pkg/controller/statefulset/testdata), whose names were computed
    /// by Kubernetes 1.33 (with a null creationTimestamp) and 1.34.
    private func data(metadata: [(String, JSON)]) -> JSON {
        let container: JSON = [
            "terminationMessagePolicy": "File", "name": "test", "image": "test", "imagePullPolicy": "Always",
            "resources": [:], "terminationMessagePath": "/dev/termination-log",
        ]
        let spec: JSON = [
            "containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
            "schedulerName": "default-scheduler", "securityContext": [:], "terminationGracePeriodSeconds": 30,
        ]
        let members = metadata.map { (key: $0.0, value: $0.1) }
        return ["spec": ["template": ["metadata": .object(JSONObject(members)), "spec": spec, "$patch": "replace"]]]
    }

    @Test func namesRevisionsAsKubernetesDoes() {
        let annotations: JSON = ["test": "value"]
        let labels: JSON = ["app": "foo"]
        let newer = data(metadata: [("annotations", annotations), ("labels", labels)])
        #expect(RevisionHash.hash(newer, collisionCount: 0) == "776999688b")
        let older = data(metadata: [("annotations", annotations), ("creationTimestamp", nil), ("labels", labels)])
        #expect(RevisionHash.hash(older, collisionCount: 0) == "c77f6d978")
        #expect(RevisionHash.hash(newer, collisionCount: 1) != "776999688b")
        #expect(RevisionHash.name(String(repeating: "a", count: 300), "x").utf8.count == 225)
    }

    private func recorded(_ set: Object, number: Int64, image: String? = nil) -> SetRevision {
        var set = set
        if let image { Fixtures.setImage(image, of: &set) }
        return SetRevision(SetRevisions.revision(SetSpec(set), number: number, collisionCount: 0))
    }

    @Test func recordsANewTemplateAboveTheNewest() {
        let set = Fixtures.set(replicas: 1)
        let old = recorded(set, number: 4, image: "nginx:0")
        guard case .create(let made) = SetRevisions.decide(SetSpec(set), [old], collisionCount: 0) else {
            Issue.record("no new revision")
            return
        }
        #expect(made["revision"] == 5)
        #expect(made.name.hasPrefix("web-"))
        #expect(made.label("app") == "nginx")
        #expect(made.controllerReference?.uid == set.uid)
        #expect(SetRevision(made).template == set["spec", "template"])
    }

    @Test func bringsAnOlderEqualRevisionBackToTheTop() {
        let set = Fixtures.set(replicas: 1)
        let equal = recorded(set, number: 1)
        let newer = recorded(set, number: 2, image: "nginx:2")
        #expect(
            SetRevisions.decide(SetSpec(set), [newer, equal], collisionCount: 0) == .renumber(equal, to: 3))
    }

    /// Anybody can write a record with the highest number, and the set adopts it.
    @Test func aboveTheHighestNumberThereIsNone() {
        let set = Fixtures.set(replicas: 1)
        let highest = recorded(set, number: .max, image: "nginx:0")
        guard case .create(let made) = SetRevisions.decide(SetSpec(set), [highest], collisionCount: 0) else {
            Issue.record("no new revision")
            return
        }
        #expect(made["revision"] == .integer(.max))
        // It serves, though it may not be the last of those with its number.
        #expect(
            SetRevisions.decide(SetSpec(set), [highest, SetRevision(made)], collisionCount: 0)
                == .use(current: SetRevision(made), update: SetRevision(made)))
        let older = recorded(set, number: 3)
        #expect(
            SetRevisions.decide(SetSpec(set), [highest, older], collisionCount: 0) == .renumber(older, to: .max))
    }

    @Test func keepsTheCurrentRevisionOfTheStatus() {
        var set = Fixtures.set(replicas: 1)
        let update = recorded(set, number: 2)
        let current = recorded(set, number: 1, image: "nginx:0")
        set["status"] = ["currentRevision": .string(current.name)]
        #expect(
            SetRevisions.decide(SetSpec(set), [update, current], collisionCount: 0)
                == .use(current: current, update: update))
        set["status"] = ["currentRevision": "web-gone"]
        #expect(
            SetRevisions.decide(SetSpec(set), [update, current], collisionCount: 0)
                == .use(current: update, update: update))
    }

    /// Foreground deletion collects the history first; the pods that go after it are still counted.
    @Test func aSetOnItsWayOutIsCountedWithoutHistory() {
        var set = Fixtures.set(replicas: 1)
        set["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        set["status"] = ["replicas": 1, "currentReplicas": 1, "updatedReplicas": 1]
        guard
            case .carryOut(let plan, _) = SetRound.next(
                SetInput(set: set, pods: [], claims: [:], revisions: [], now: 0), selects: { _ in true })
        else {
            Issue.record("not counted")
            return
        }
        #expect(plan.status.currentReplicas == 0 && plan.status.replicas == 0)
        #expect(plan.writes.isEmpty)
    }

    @Test func ofClaimTemplatesWithOneNameTheLastCounts() {
        var set = Fixtures.set(replicas: 1)
        let template = set["spec", "volumeClaimTemplates"]?.array?.first ?? [:]
        var larger = template
        larger.set(["spec", "resources"], ["requests": ["storage": "2Gi"]])
        set["spec", "volumeClaimTemplates"] = [template, larger]
        #expect(SetSpec(set).claimTemplates == [Object(larger)])
    }

    @Test func isNotMovedByWhatWritersLeaveOut() {
        let set = Fixtures.set(replicas: 1)
        var spelledOut = set
        spelledOut["spec", "template", "metadata", "creationTimestamp"] = .null
        spelledOut["spec", "template", "spec", "securityContext"] = [:]
        let revision = recorded(spelledOut, number: 1)
        #expect(
            SetRevisions.decide(SetSpec(set), [revision], collisionCount: 0)
                == .use(current: revision, update: revision))
    }

    @Test func keepsTheHistoryLimitAndWhatIsAlive() {
        var set = Fixtures.set(replicas: 1)
        set["spec", "revisionHistoryLimit"] = 2
        let revisions = (1...6).map { recorded(set, number: Int64($0), image: "nginx:\($0)") }
        let live: Set = [revisions[0].name, revisions[5].name]
        let surplus = SetRevisions.surplus(SetSpec(set), revisions.shuffled(), live: live)
        #expect(surplus.map(\.number) == [2, 3])
    }
}
