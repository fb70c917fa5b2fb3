import Testing

@testable import Objects

@Suite struct EventConversionTests {
    @Test func bothFacesHoldTheSame() throws {
        let body: JSON = [
            "kind": "Event", "apiVersion": "v1", "metadata": ["name": "e", "namespace": "d"],
            "involvedObject": ["kind": "Pod", "name": "p"], "reason": "Started", "message": "m", "count": 2,
            "source": ["component": "kubelet"], "firstTimestamp": "2026-01-02T03:04:05Z", "reportingComponent": "r",
        ]
        let kind = try #require(SchemaCatalog.builtin.kind(for: .events))
        let core = try SchemaCatalog.builtin.decode(body, as: kind).object
        let events = EventConversion.toEvents(core)
        #expect(events["regarding", "name"] == "p" && events["note"] == "m" && events["deprecatedCount"] == 2)
        #expect(events["reportingController"] == "r" && events.apiVersion == "events.k8s.io/v1")
        #expect(encoded(EventConversion.toCore(events).json) == encoded(core.json))
    }
}
