import Objects
import Registry
import Testing

@Suite struct ClaimTests {
    private static func claim(_ spec: JSON) -> JSON {
        let base: JSON = [
            "kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": ["name": "c"],
            "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
        ]
        return MergePatch.apply(["spec": spec], to: base)
    }

    private static let snapshot: JSON = ["apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s"]
    private static let seed: JSON = ["apiGroup": "seeds.example", "kind": "Seed", "name": "s"]

    struct Source: Sendable {
        var given: JSON
        var kept: JSON?
    }

    private static let sources = [
        Source(given: ["dataSource": snapshot], kept: snapshot),
        Source(given: ["dataSourceRef": snapshot], kept: snapshot), Source(given: ["dataSourceRef": seed], kept: seed),
        Source(given: ["dataSource": seed], kept: .none),
        Source(given: ["dataSourceRef": MergePatch.apply(["namespace": "other"], to: snapshot)], kept: .none),
    ]

    /// What is kept of `dataSource` and `dataSourceRef` (KEP 1495): both say the same.
    @Test(arguments: sources)
    func dataSources(_ source: Source) async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Self.claim(source.given), .persistentVolumeClaims)
        #expect(made["spec", "dataSource"] == source.kept)
        #expect(made["spec", "dataSourceRef"] == source.kept)
        // A client that does not know the younger field sends the object back without it.
        let kept = try await fixture.registry.update(
            fixture.key(.persistentVolumeClaims, "c"), by: .tester
        ) { old in
            var new = old
            new["spec", "dataSourceRef"] = nil
            return new
        }
        #expect(kept["spec"] == made["spec"])
    }

    @Test func anAnnotationOfTheKindIsRefusedOnce() async throws {
        let fixture = try await Fixture.ready()
        _ = try await fixture.make(Self.claim([:]), .persistentVolumeClaims)
        await #expect {
            _ = try await fixture.registry.update(fixture.key(.persistentVolumeClaims, "c"), by: .tester) { old in
                var new = old
                new.setAnnotation("volume.beta.kubernetes.io/storage-class", "x")
                return new
            }
        } throws: { error in
            (error as? Status)?.causes.count == 1
        }
    }
}
