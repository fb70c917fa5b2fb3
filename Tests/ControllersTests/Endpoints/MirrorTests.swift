import Objects
import Registry
import Testing

@testable import Controllers

@Suite struct MirrorTests {
    private let service = Object([
        "apiVersion": "v1", "kind": "Service", "metadata": ["name": "db", "namespace": "case"],
        "spec": ["clusterIP": "None", "ports": [["port": 5432]]],
    ])

    private func endpoints(_ subsets: JSON, labels: JSON = ["a": "b"], annotations: JSON = [:]) -> Object {
        Object([
            "apiVersion": "v1", "kind": "Endpoints",
            "metadata": [
                "name": "db", "namespace": "case", "uid": "ep", "labels": labels, "annotations": annotations,
            ], "subsets": subsets,
        ])
    }

    private static let subset: JSON = [
        "addresses": [["ip": "192.0.2.1", "hostname": "one"]], "notReadyAddresses": [["ip": "192.0.2.2"]],
        "ports": [["name": "sql", "port": 5432]],
    ]

    private func slices(_ writes: [SliceDecision.Write], after existing: [Object] = []) -> [Object] {
        var slices = existing
        for write in writes {
            switch write {
            case .create(var slice):
                slice.name = "db-\(slices.count)"
                slices.append(slice)
            case .update(let slice): slices = slices.map { $0.name == slice.name ? slice : $0 }
            case .delete(let slice): slices.removeAll { $0.name == slice.name }
            }
        }
        return slices
    }

    @Test func showsWhatWasWritten() throws {
        let annotations: JSON = ["x": "y", "endpoints.kubernetes.io/last-change-trigger-time": "now"]
        let written = endpoints([Self.subset], annotations: annotations)
        let outcome = MirrorDecision.decide(written, service: service, existing: [])
        let slice = try #require(slices(outcome.writes).first)
        #expect(outcome.writes.count == 1 && outcome.warnings.isEmpty)
        #expect(slice["addressType"] == "IPv4")
        #expect(slice["ports"] == [["name": "sql", "protocol": "TCP", "port": 5432]])
        let entries = slice["endpoints"]?.array ?? []
        #expect(entries.map { $0["addresses"] } == [["192.0.2.1"], ["192.0.2.2"]])
        #expect(entries.map { $0["conditions"] } == [["ready": true], ["ready": false]])
        #expect(entries.first?["hostname"] == "one")
        #expect(slice.labels["endpointslice.kubernetes.io/managed-by"] == "endpointslicemirroring-controller.k8s.io")
        #expect(slice.labels["kubernetes.io/service-name"] == "db" && slice.labels["a"] == "b")
        #expect(slice.annotations == ["x": "y"])
        #expect(slice.controllerReference?.kind == "Endpoints")
        #expect(MirrorDecision.decide(written, service: service, existing: [slice]).writes.isEmpty)
    }

    @Test func followsChangesInTheSameSlice() {
        let before = slices(MirrorDecision.decide(endpoints([Self.subset]), service: service, existing: []).writes)
        let moved: JSON = ["addresses": [["ip": "192.0.2.9"]], "ports": [["name": "sql", "port": 9]]]
        let after = slices(
            MirrorDecision.decide(endpoints([moved]), service: service, existing: before).writes, after: before)
        #expect(after.map(\.name) == before.map(\.name))
        #expect(after.first?["ports"]?.array?.first?["port"] == 9)
        let both: JSON = ["addresses": [["ip": "192.0.2.1"], ["ip": "2001:db8::1"]]]
        let families = MirrorDecision.decide(endpoints([both]), service: service, existing: []).writes
        #expect(Set(slices(families).compactMap { $0["addressType"]?.string }) == ["IPv4", "IPv6"])
    }

    @Test func leavesAloneWhatIsNotItsBusiness() {
        let before = slices(MirrorDecision.decide(endpoints([Self.subset]), service: service, existing: []).writes)
        var selecting = service
        selecting["spec", "selector"] = ["app": "x"]
        let skipped = endpoints([Self.subset], labels: ["endpointslice.kubernetes.io/skip-mirror": "true"])
        let elected = endpoints([Self.subset], annotations: ["control-plane.alpha.kubernetes.io/leader": "{}"])
        for (written, service) in [
            (endpoints([Self.subset]), selecting), (endpoints([Self.subset]), nil), (skipped, service),
            (elected, service), (nil, service),
        ] as [(Object?, Object?)] {
            let writes = MirrorDecision.decide(written, service: service, existing: before).writes
            #expect(writes == before.map { .delete($0) })
        }
    }

    @Test func saysWhatItLeavesOut() {
        let many: JSON = .array((0..<1002).map { ["ip": .string("10.0.\($0 / 256).\($0 % 256)")] } + [["ip": "no"]])
        let outcome = MirrorDecision.decide(endpoints([["addresses": many]]), service: service, existing: [])
        #expect(slices(outcome.writes).first?["endpoints"]?.array?.count == 1000)
        #expect(outcome.warnings.map(\.reason) == ["InvalidIPAddress", "TooManyAddressesToMirror"])
    }

    @Test func worksInTheDaemon() async throws {
        let cluster = try await ControllerHarness()
        try await cluster.create(service, .services)
        try await cluster.create(endpoints([Self.subset]), .endpoints)
        let addresses = { @Sendable in
            cluster.names(.endpointSlices).compactMap { cluster.find(.endpointSlices, $0) }
                .flatMap { $0["endpoints"]?.array ?? [] }.compactMap { $0["addresses"]?.array?.first?.string }
        }
        #expect(await cluster.wait(for: [.endpointSlices]) { addresses() == ["192.0.2.1", "192.0.2.2"] })
        try await cluster.change(.endpoints, "db") { $0["subsets"] = [["addresses": [["ip": "192.0.2.7"]]]] }
        #expect(await cluster.wait(for: [.endpointSlices]) { addresses() == ["192.0.2.7"] })
        let slice = try #require(cluster.names(.endpointSlices).first)
        try await cluster.delete(.endpointSlices, slice)
        #expect(await cluster.wait(for: [.endpointSlices]) { addresses() == ["192.0.2.7"] })
        try await cluster.delete(.endpoints, "db")
        #expect(await cluster.wait(for: [.endpointSlices]) { cluster.names(.endpointSlices).isEmpty })
        // With its Service the Endpoints go, and with them the slices; those that never had one stay.
        var other = endpoints([Self.subset])
        other.name = "other"
        try await cluster.create(other, .endpoints)
        try await cluster.create(endpoints([Self.subset]), .endpoints)
        #expect(await cluster.wait(for: [.endpointSlices]) { addresses().count == 2 })
        try await cluster.delete(.services, "db")
        #expect(await cluster.wait(for: [.endpoints]) { cluster.names(.endpoints) == ["other"] })
        #expect(await cluster.wait(for: [.endpointSlices]) { cluster.names(.endpointSlices).isEmpty })
        await cluster.stop()
    }
}
