import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct EventTests {
    private func events(_ fixture: Fixture) throws -> [Object] {
        try fixture.registry.list(.events, namespace: "case").items
    }

    @Test func theSameAgainIsCounted() async throws {
        let fixture = try await Fixture.ready()
        let pod = try await fixture.make(Sample.pod("p"), .pods)
        let recorder = EventRecorder(fixture.registry)
        for _ in 0..<3 {
            recorder.record(about: pod, type: .warning, reason: "Failed", message: "no", component: "c")
            fixture.pass(seconds: 1)
        }
        await recorder.flush()
        let event = try #require(try events(fixture).first)
        #expect(try events(fixture).count == 1)
        #expect(event["count"] == 3)
        #expect(event["firstTimestamp"] == "2023-11-14T22:13:20Z")
        #expect(event["lastTimestamp"] == "2023-11-14T22:13:22Z")
        #expect(event["involvedObject", "uid"]?.string == pod.uid)
        #expect(event["source", "component"] == "c")
        #expect(event["type"] == "Warning")
    }

    @Test func manySimilarOnesBecomeOne() async throws {
        let fixture = try await Fixture.ready()
        let pod = try await fixture.make(Sample.pod("p"), .pods)
        let recorder = EventRecorder(fixture.registry)
        for index in 0..<30 {
            recorder.record(about: pod, type: .normal, reason: "R", message: "message \(index)", component: "c")
        }
        await recorder.flush()
        let found = try events(fixture)
        #expect(found.count == 11)
        // Of the thirty 25 were told: the budget of one object.
        #expect(found.contains { $0["message"] == "(combined from similar events): message 24" && $0["count"] == 15 })
    }

    @Test func oneObjectMaySayOnlySoMuch() async throws {
        let fixture = try await Fixture.ready()
        let (noisy, other) = (
            try await fixture.make(Sample.pod("noisy"), .pods), try await fixture.make(Sample.pod("other"), .pods)
        )
        let recorder = EventRecorder(fixture.registry)
        func say(_ pod: Object, _ component: String = "c") {
            recorder.record(about: pod, type: .warning, reason: "Failed", message: "no", component: component)
        }
        func count(_ pod: Object, _ component: String = "c") throws -> Int64 {
            try events(fixture).filter {
                $0["involvedObject", "uid"]?.string == pod.uid && $0["source", "component"]?.string == component
            }.reduce(0) { $0 + ($1["count"]?.integer ?? 0) }
        }
        for _ in 0..<40 { say(noisy) }
        say(noisy, "another")
        say(other)
        await recorder.flush()
        #expect(try count(noisy) == 25)
        #expect(try count(noisy, "another") == 1)
        #expect(try count(other) == 1)
        fixture.pass(seconds: 299)
        say(noisy)
        await recorder.flush()
        #expect(try count(noisy) == 25)
        fixture.pass(seconds: 1)
        for _ in 0..<3 { say(noisy) }
        await recorder.flush()
        #expect(try count(noisy) == 26)
    }

    @Test func eventsExpireWithTheirLease() async throws {
        let fixture = try await Fixture.ready()
        let pod = try await fixture.make(Sample.pod("p"), .pods)
        let recorder = EventRecorder(fixture.registry)
        recorder.record(about: pod, type: .normal, reason: "R", message: "m", component: "c")
        await recorder.flush()
        let lease = try #require(fixture.engine.leases().first)
        #expect(try fixture.engine.lease(id: lease, withKeys: true).keys.count == 1)
        #expect(try fixture.engine.lease(id: lease, withKeys: false).lease.grantedSeconds == 3660)
        await withCheckedContinuation { done in fixture.engine.revokeLease(id: lease) { _ in done.resume() } }
        #expect(try events(fixture).isEmpty)
        recorder.record(about: pod, type: .normal, reason: "R", message: "m", component: "c")
        await recorder.flush()
    }

    @Test func eventsOfClusterObjectsAreInDefault() async throws {
        let fixture = Fixture()
        try await fixture.registry.bootstrap()
        let volume = try await fixture.make(Sample.volume("v"), .persistentVolumes)
        let recorder = EventRecorder(fixture.registry)
        recorder.record(about: volume, type: .normal, reason: "R", message: "m", component: "c")
        await recorder.flush()
        #expect(try fixture.registry.list(.events, namespace: "default").items.count == 1)
    }
}

extension EventTests {
    @Test func bothEventAPIsShowTheSameObjects() async throws {
        let fixture = try await Fixture.ready()
        let eventsAPI = ResourceName("events", group: "events.k8s.io")
        let made = try await fixture.make(
            [
                "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "e"],
                "eventTime": "2023-11-14T22:13:20.000000Z", "reportingController": "example.com/c",
                "reportingInstance": "i", "action": "Do", "reason": "R", "type": "Normal", "note": "hello",
                "regarding": ["kind": "Pod", "namespace": "case", "name": "p"],
            ], eventsAPI)
        #expect(made["note"] == "hello" && made.apiVersion == "events.k8s.io/v1")
        let core = try fixture.registry.get(fixture.key(.events, "e"))
        #expect(core.apiVersion == "v1")
        #expect(core["message"] == "hello")
        #expect(core["involvedObject", "name"] == "p")
        let back = try fixture.registry.list(
            eventsAPI, namespace: "case", options: ListOptions(fieldSelector: "regarding.name=p"))
        #expect(back.items == [made])
    }
}
