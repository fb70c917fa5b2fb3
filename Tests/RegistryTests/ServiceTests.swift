import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct ServiceTests {
    private func allocated(_ fixture: Fixture, _ prefix: String = "/berth/clusterip/") throws -> [String] {
        try fixture.engine.range(RangeRequest(.prefix(Array(prefix.utf8)))).rows
            .map { String(decoding: $0.key.dropFirst(prefix.utf8.count), as: UTF8.self) }
    }

    @Test func anAddressIsAllocatedInTheSameTransaction() async throws {
        let fixture = try await Fixture.ready()
        let before = fixture.engine.currentRevision
        let service = try await fixture.make(Sample.service("s"), .services)
        let address = try #require(service["spec", "clusterIP"]?.string)
        #expect(fixture.engine.currentRevision == before + 1)
        #expect(try allocated(fixture) == [address])
        #expect(service["spec", "clusterIPs"] == [.string(address)])
        #expect(service["spec", "ipFamilies"] == ["IPv4"])
        #expect(service["spec", "ipFamilyPolicy"] == "SingleStack")
        _ = try await fixture.registry.delete(fixture.key(.services, "s"), by: .tester)
        #expect(try allocated(fixture).isEmpty)
    }

    @Test func aHeadlessServiceHasNone() async throws {
        let fixture = try await Fixture.ready()
        let service = try await fixture.make(Sample.service("s", address: "None"), .services)
        #expect(service["spec", "clusterIPs"] == ["None"])
        #expect(try allocated(fixture).isEmpty)
    }

    @Test(arguments: [
        ("10.96.0.7", 0), ("10.97.0.1", 422), ("10.96.0.0", 422), ("10.96.255.255", 422), ("10.96.0.9", 422),
    ])
    func addressesMayBeAskedFor(_ address: String, _ code: Int) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.service("taken", address: "10.96.0.9"), .services)
        let status = await fixture.failure {
            try await fixture.make(Sample.service("s", address: .string(address)), .services)
        }
        #expect((status?.code ?? 0) == code)
        if code != 0 { #expect(status?.causes.first?.field == "spec.clusterIPs") }
    }

    @Test func aSmallRangeIsUsedUpWithoutDuplicates() async throws {
        let fixture = try await Fixture.ready(serviceCIDR: "10.0.0.0/28")
        var seen: Set<String> = []
        for index in 0..<14 {
            let service = try await fixture.make(Sample.service("s\(index)"), .services)
            seen.insert(service["spec", "clusterIP"]?.string ?? "")
        }
        #expect(seen.count == 14)
        let status = await fixture.failure { try await fixture.make(Sample.service("last"), .services) }
        #expect(status?.code == 500)
    }

    @Test func aReplacementNeedNotKnowTheAddress() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.service("s"), .services)
        let put = try await fixture.registry.update(fixture.key(.services, "s"), by: .tester) { _ in
            Object(Sample.service("s"))
        }
        #expect(put["spec", "clusterIP"] == made["spec", "clusterIP"])
        #expect(put["spec", "clusterIPs"] == made["spec", "clusterIPs"])
    }

    @Test func anExternalNameGivesItsAddressBack() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.service("s"), .services)
        let external = try await fixture.registry.update(fixture.key(.services, "s"), by: .tester) { old in
            var new = old
            new["spec", "type"] = "ExternalName"
            new["spec", "externalName"] = "example.com"
            for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] { new["spec", field] = nil }
            return new
        }
        #expect(external["spec", "clusterIP"] == nil)
        #expect(try allocated(fixture).isEmpty)
    }

    @Test func nodePortsAreAllocatedAndKept() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.service("s", type: "NodePort"), .services)
        let port = try #require(made["spec", "ports"]?.array?.first?["nodePort"]?.integer)
        #expect((30000...32767).contains(port))
        let put = try await fixture.registry.update(fixture.key(.services, "s"), by: .tester) { _ in
            Object(Sample.service("s", type: "NodePort"))
        }
        #expect(put["spec", "ports"]?.array?.first?["nodePort"]?.integer == port)
        _ = try await fixture.registry.delete(fixture.key(.services, "s"), by: .tester)
        #expect(try allocated(fixture, "/berth/nodeport/").isEmpty)
    }
}

extension ServiceTests {
    @Test(
        arguments: [
            (["clusterIP": "None"], "RequireDualStack", ["IPv4", "IPv6"], ""),
            (["clusterIP": "None", "selector": ["a": "b"]], "SingleStack", ["IPv4"], ""),
            (["selector": ["a": "b"]], "SingleStack", ["IPv4"], ""),
            (["ipFamilyPolicy": "PreferDualStack"], "PreferDualStack", ["IPv4"], ""),
            (["ipFamilyPolicy": "RequireDualStack"], "", [], "spec.ipFamilyPolicy"),
            (["ipFamilies": ["IPv6"]], "", [], "spec.ipFamilies[0]"),
        ] as [(JSON, String, JSON, String)])
    func families(_ more: JSON, _ policy: String, _ families: JSON, _ problem: String) async throws {
        let fixture = try await Fixture.ready()
        var service: JSON = [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": "s"],
            "spec": ["ports": [["port": 80]]],
        ]
        for (key, value) in more.object ?? JSONObject() { service.set(["spec", key], value) }
        let json = service
        let status = await fixture.failure { try await fixture.make(json, .services) }
        #expect((status?.causes.first?.field ?? "") == problem)
        guard problem.isEmpty else { return }
        let made = try fixture.registry.get(fixture.key(.services, "s"))
        #expect(made["spec", "ipFamilyPolicy"]?.string == policy)
        #expect(made["spec", "ipFamilies"] == families)
    }

    @Test func whatTheTypeBroughtGoesWithIt() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.service("a", type: "NodePort"), .services)
        let key = fixture.key(.services, "a")
        let changed = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new["spec", "type"] = "ClusterIP"
            return new
        }
        #expect(changed["spec", "ports"]?.array?.first?["nodePort"] == nil)
        #expect(changed["spec", "externalTrafficPolicy"] == nil)
        let external = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new["spec", "type"] = "ExternalName"
            new["spec", "externalName"] = "example.org"
            return new
        }
        #expect(external["spec", "clusterIP"] == nil && external["spec", "clusterIPs"] == nil)
    }

    @Test func aNodePortOutsideTheRangeIsNamed() async throws {
        let fixture = try await Fixture.ready()
        var service = Sample.service("a", type: "NodePort")
        service["spec"]?["ports"] = [["port": 80, "nodePort": 80]]
        let refused = await fixture.failure { try await fixture.make(service, .services) }
        #expect(refused?.code == 422)
        #expect(refused?.causes.map(\.field) == ["spec.ports[0].nodePort"])
        #expect(refused?.message.contains("The range of valid ports is 30000-32767") == true)
    }

    @Test func aPortForTwoProtocolsHasOneNodePort() async throws {
        let fixture = try await Fixture.ready()
        var service = Sample.service("a", type: "NodePort")
        service["spec"]?["ports"] = [
            ["name": "dns", "port": 53, "protocol": "UDP"], ["name": "dns-tcp", "port": 53, "protocol": "TCP"],
        ]
        let made = try await fixture.make(service, .services)
        let ports = made["spec", "ports"]?.array?.compactMap { $0["nodePort"]?.integer } ?? []
        #expect(ports.count == 2 && Set(ports).count == 1)
    }

    /// The policy is kept by an update that does not name it, the families are inferred again.
    @Test func aSelectorComesToAHeadlessService() async throws {
        let fixture = try await Fixture.ready()
        let free: JSON = ["metadata": ["name": "s"], "spec": ["clusterIP": "None"]]
        let made = try await fixture.make(free, .services)
        #expect(made["spec", "ipFamilies"] == ["IPv4", "IPv6"])
        let status = await fixture.failure {
            try await fixture.registry.update(fixture.key(.services, "s"), by: .tester) { _ in
                Object(["metadata": ["name": "s"], "spec": ["clusterIP": "None", "selector": ["a": "b"]]])
            }
        }
        #expect(status?.causes.map(\.field) == ["spec.ipFamilyPolicy"])
    }

    /// A Service with external addresses has a policy for them, whatever its type was.
    @Test func externalAddressesKeepTheirPolicy() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(
            ["metadata": ["name": "s"], "spec": ["type": "NodePort", "ports": [["port": 80]]]], .services)
        let changed = try await fixture.registry.update(fixture.key(.services, "s"), by: .tester) { _ in
            Object(["metadata": ["name": "s"], "spec": ["externalIPs": ["5.5.5.5"], "ports": [["port": 80]]]])
        }
        #expect(changed["spec", "type"] == "ClusterIP")
        #expect(changed["spec", "externalTrafficPolicy"] == "Cluster")
        let named = try await fixture.make(
            [
                "metadata": ["name": "n"],
                "spec": ["type": "ExternalName", "externalName": "a.b", "internalTrafficPolicy": "Local"],
            ], .services)
        #expect(named["spec", "internalTrafficPolicy"] == nil)
    }
}
