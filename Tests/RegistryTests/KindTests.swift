import Objects
import Registry
import Testing

/// What is particular to one kind, as kube-apiserver 1.36 does it.
@Suite struct KindTests {
    private func change(
        _ fixture: Fixture, _ resource: ResourceName, _ name: String, _ path: [String], _ value: JSON
    ) async throws -> Object {
        try await fixture.registry.update(fixture.key(resource, name), by: .tester) { old in
            var new = old
            new.json.set(path, value)
            return new
        }
    }

    /// Of an endpoint slice's metadata only the labels count.
    @Test func generationOfAnEndpointSlice() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(
            [
                "metadata": ["name": "s"], "addressType": "IPv4",
                "endpoints": [["addresses": ["10.1.1.1"], "deprecatedTopology": ["a": "b"]]],
            ], .endpointSlices)
        #expect(made.generation == 1)
        #expect(made["endpoints"] == [["addresses": ["10.1.1.1"], "conditions": [:]]])
        let path = ["metadata", "annotations"]
        #expect(try await change(fixture, .endpointSlices, "s", path, ["a": "b"]).generation == 1)
        #expect(try await change(fixture, .endpointSlices, "s", ["metadata", "labels"], ["a": "b"]).generation == 2)
    }

    /// A driver has no generation until its spec changes.
    @Test func generationOfADriver() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(["metadata": ["name": "d"], "spec": [:]], .csiDrivers)
        #expect(made["metadata", "generation"] == nil)
        #expect(try await change(fixture, .csiDrivers, "d", ["spec", "podInfoOnMount"], true).generation == 1)
    }

    @Test func fieldsBehindGatesThatAreOff() async throws {
        let fixture = try await Fixture.ready()
        let lease = try await fixture.make(
            ["metadata": ["name": "l"], "spec": ["preferredHolder": "q", "strategy": "OldestEmulationVersion"]], .leases
        )
        #expect(lease["spec"] == [:])
        let pod = try await fixture.make(
            [
                "metadata": ["name": "p"],
                "spec": [
                    "terminationGracePeriodSeconds": -5,
                    "containers": [["name": "c", "image": "i", "lifecycle": ["stopSignal": "SIGUSR1"]]],
                    "volumes": [
                        ["name": "v", "projected": ["sources": [["clusterTrustBundle": ["name": "x", "path": "y"]]]]]
                    ],
                ],
            ], .pods)
        #expect(pod["spec", "containers"]?.array?.first?["lifecycle"] == nil)
        #expect(pod["spec", "volumes"]?.array?.first?.at("projected", "sources") == [[:]])
        #expect(pod["spec", "terminationGracePeriodSeconds"] == 1)
    }

    @Test(
        arguments: [
            ["runtimeClassName": "x"], ["overhead": ["cpu": "1"]],
        ] as [JSON])
    func thereAreNoRuntimeClasses(_ fields: JSON) async throws {
        let fixture = try await Fixture.ready()
        var pod: JSON = ["metadata": ["name": "p"], "spec": ["containers": [["name": "c", "image": "i"]]]]
        pod = MergePatch.apply(["spec": fields], to: pod)
        let json = pod
        let status = await fixture.failure { try await fixture.make(json, .pods) }
        #expect(status?.code == 403)
    }

    @Test func aNamespaceHasAVersionToo() async throws {
        let fixture = try await Fixture.ready()
        let key = ObjectKey(.namespaces, name: "case")
        let status = await fixture.failure {
            try await fixture.registry.delete(key, options: DeleteOptions(resourceVersion: "1"), by: .tester)
        }
        #expect(status?.code == 409)
        #expect(try fixture.registry.get(key).isBeingDeleted == false)
    }

    @Test(arguments: [
        ("NGINX", "IfNotPresent"), ("a b", "IfNotPresent"), ("nginx", "Always"), ("nginx:latest", "Always"),
        ("nginx:1", "IfNotPresent"), ("Reg.io:5000/nginx", "Always"), ("reg/NGINX", "IfNotPresent"),
    ])
    func pullPolicies(_ image: String, _ policy: String) async throws {
        let fixture = try await Fixture.ready()
        let pod = try await fixture.make(
            ["metadata": ["name": "p"], "spec": ["containers": [["name": "c", "image": .string(image)]]]], .pods)
        #expect(pod["spec", "containers"]?.array?.first?["imagePullPolicy"] == .string(policy))
    }

    /// Six digits behind the second, neither more nor fewer.
    @Test(arguments: [
        ("2020-01-01T00:00:00.000000Z", true), ("2020-01-01T00:00:00Z", false), ("2020-01-01T00:00:00.5Z", false),
    ])
    func microTimes(_ time: String, _ isTaken: Bool) throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .leases))
        let lease: JSON = ["metadata": ["name": "l"], "spec": ["renewTime": .string(time)]]
        let decoded = try? SchemaCatalog.builtin.decode(lease, as: kind)
        #expect((decoded != nil) == isTaken)
    }
}
