import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct BindingIndexTests {
    private func keys(_ fixture: Fixture) throws -> [String] {
        try fixture.engine.range(RangeRequest(.prefix(Array("/berth/binding/".utf8)))).rows
            .map { String(decoding: $0.key, as: UTF8.self) }
    }

    private func bound(_ volume: Object, _ claim: Object) -> [Change] {
        var volume = volume
        var claim = claim
        volume["spec", "claimRef"] = [
            "kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": .string(claim.namespace),
            "name": .string(claim.name), "uid": .string(claim.uid),
        ]
        volume["status", "phase"] = "Bound"
        claim["spec", "volumeName"] = .string(volume.name)
        claim["status", "phase"] = "Bound"
        return [.update(.persistentVolumes, volume), .update(.persistentVolumeClaims, claim)]
    }

    @Test func aBindingIsOneTransactionWithItsKeys() async throws {
        let fixture = try await Fixture.ready()
        let volume = try await fixture.make(Sample.volume("v"), .persistentVolumes)
        let claim = try await fixture.make(Sample.claim("c"), .persistentVolumeClaims)
        let written = try await fixture.registry.commit(bound(volume, claim), by: .tester)
        #expect(Set(written.map(\.resourceVersion)).count == 1)
        #expect(written[0]["status", "phase"] == "Bound" && written[1]["status", "phase"] == "Bound")
        #expect(
            try keys(fixture) == ["/berth/binding/claim/\(claim.uid)", "/berth/binding/volume/\(volume.uid)"])
    }

    @Test func aStaleHalfStopsBoth() async throws {
        let fixture = try await Fixture.ready()
        let volume = try await fixture.make(Sample.volume("v"), .persistentVolumes)
        let claim = try await fixture.make(Sample.claim("c"), .persistentVolumeClaims)
        _ = try await fixture.registry.update(fixture.key(.persistentVolumes, "v"), by: .tester) { old in
            var new = old
            new.setLabel("a", "b")
            return new
        }
        let status = await fixture.failure {
            try await fixture.registry.commit(bound(volume, claim), by: .tester)
        }
        #expect(status?.reason == "Conflict")
        #expect(try keys(fixture).isEmpty)
    }

    @Test func aSecondBindingIsRefused() async throws {
        let fixture = try await Fixture.ready()
        let volume = try await fixture.make(Sample.volume("v"), .persistentVolumes)
        let first = try await fixture.make(Sample.claim("c1"), .persistentVolumeClaims)
        let second = try await fixture.make(Sample.claim("c2"), .persistentVolumeClaims)
        let written = try await fixture.registry.commit(bound(volume, first), by: .tester)
        let status = await fixture.failure {
            try await fixture.registry.commit(bound(written[0], second), by: .tester)
        }
        #expect(status?.code == 409)
        #expect(try fixture.registry.get(fixture.key(.persistentVolumeClaims, "c2"))["spec", "volumeName"] == nil)
    }

    @Test func halvesWriteNoKeyAndTheSecondHalfCompletes() async throws {
        let fixture = try await Fixture.ready()
        let claim = try await fixture.make(Sample.claim("c", volume: "v"), .persistentVolumeClaims)
        #expect(try keys(fixture).isEmpty)
        let reference: JSON = ["namespace": "case", "name": "c", "uid": .string(claim.uid)]
        let volume = try await fixture.make(Sample.volume("v", claim: reference), .persistentVolumes)
        #expect(
            try keys(fixture) == ["/berth/binding/claim/\(claim.uid)", "/berth/binding/volume/\(volume.uid)"])
    }

    @Test func aReservationByNameIsNoBinding() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.claim("c", volume: "v"), .persistentVolumeClaims)
        try await fixture.make(
            Sample.volume("v", claim: ["namespace": "case", "name": "c"]), .persistentVolumes)
        #expect(try keys(fixture).isEmpty)
    }

    @Test(arguments: [ResourceName.persistentVolumes, .persistentVolumeClaims])
    func theKeysGoWithEitherObject(_ resource: ResourceName) async throws {
        let fixture = try await Fixture.ready()
        let volume = try await fixture.make(Sample.volume("v"), .persistentVolumes)
        let claim = try await fixture.make(Sample.claim("c"), .persistentVolumeClaims)
        _ = try await fixture.registry.commit(bound(volume, claim), by: .tester)
        let key = fixture.key(resource, resource == .persistentVolumes ? "v" : "c")
        _ = try await fixture.registry.delete(key, by: .tester)
        #expect(try keys(fixture).count == 2)
        _ = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new.finalizers = []
            return new
        }
        #expect(try fixture.registry.find(key) == nil)
        #expect(try keys(fixture).isEmpty)
    }
}
