import Objects
import Testing

@testable import Controllers
@testable import Registry

@Suite struct RoutingNoticeTests {
    private func message(_ address: JSON?, namespace: String = "case", made: String = "2026-01-01T00:00:00Z") throws
        -> String?
    {
        let service = Object([
            "metadata": ["name": "kubernetes", "namespace": .string(namespace), "creationTimestamp": .string(made)],
            "spec": ["clusterIP": address ?? .null],
        ])
        return RoutingNotice.message(service, now: try #require(Timestamp(rfc3339: "2026-01-01T00:00:05Z")))
    }

    @Test func newServicesWithAClusterIPAreToldOfIt() throws {
        #expect(try #require(try message("10.96.0.10")).contains("10.96.0.10"))
        #expect(try message("None") == nil)
        #expect(try message(nil) == nil)
        #expect(try message("10.96.0.1", namespace: "default") == nil)
        #expect(try message("10.96.0.10", made: "2025-12-31T00:00:00Z") == nil)
    }
}
