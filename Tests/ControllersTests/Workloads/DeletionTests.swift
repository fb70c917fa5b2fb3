import Objects
import Registry
import Testing

@testable import Controllers

/// Garbage collection and namespaces, on a registry in memory.
@Suite struct DeletionTests {
    private func claims(_ cluster: ControllerHarness) -> [String] { cluster.names(.persistentVolumeClaims) }

    private func running(_ retention: ClaimRetention = ClaimRetention()) async throws -> ControllerHarness {
        let cluster = try await ControllerHarness()
        try await cluster.create(Fixtures.set(replicas: 2, parallel: true, retention: retention), .statefulSets)
        #expect(await cluster.wait { SetStatus(cluster.find(.statefulSets, "web")?["status"]).replicas == 2 })
        return cluster
    }

    @Test func deletesWhatASetOwns() async throws {
        let cluster = try await running()
        try await cluster.delete(.statefulSets, "web")
        #expect(await cluster.wait(for: [.pods]) { cluster.names(.pods).isEmpty })
        #expect(await cluster.wait(for: [.controllerRevisions]) { cluster.names(.controllerRevisions).isEmpty })
        #expect(claims(cluster) == ["www-web-0", "www-web-1"])
        await cluster.stop()
    }

    @Test func deletesTheClaimsWhereThePolicySaysSo() async throws {
        let cluster = try await running(ClaimRetention(deletesWithSet: true))
        try await cluster.delete(.statefulSets, "web")
        #expect(await cluster.wait(for: [.persistentVolumeClaims]) { claims(cluster).isEmpty })
        await cluster.stop()
    }

    @Test func waitsForThePodsInTheForeground() async throws {
        let cluster = try await running()
        try await cluster.change(.pods, "web-0") { $0.finalizers = ["example.com/hold"] }
        try await cluster.delete(.statefulSets, "web", DeleteOptions(propagation: .foreground))
        #expect(await cluster.wait { cluster.names(.pods) == ["web-0"] })
        #expect(cluster.find(.statefulSets, "web") != nil)
        try await cluster.change(.pods, "web-0") { $0.finalizers = [] }
        #expect(await cluster.wait { cluster.find(.statefulSets, "web") == nil })
        await cluster.stop()
    }

    @Test func orphansThePodsAndANewSetAdoptsThem() async throws {
        let cluster = try await running()
        let pod = cluster.find(.pods, "web-0")?.uid
        try await cluster.delete(.statefulSets, "web", DeleteOptions(propagation: .orphan))
        #expect(await cluster.wait { cluster.find(.statefulSets, "web") == nil })
        #expect(cluster.find(.pods, "web-0")?.uid == pod)
        #expect(cluster.find(.pods, "web-0")?.ownerReferences.isEmpty == true)
        try await cluster.create(Fixtures.set(replicas: 2, parallel: true), .statefulSets)
        let set = cluster.find(.statefulSets, "web")?.uid
        #expect(await cluster.wait { cluster.find(.pods, "web-1")?.controllerReference?.uid == set })
        #expect(cluster.find(.pods, "web-0")?.uid == pod)
        await cluster.stop()
    }

    @Test func deletesWhatNamesAnOwnerThatNeverWas() async throws {
        let cluster = try await ControllerHarness()
        var orphan = Object([
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "left-over", "namespace": "case"],
        ])
        orphan["metadata", "ownerReferences"] = [
            [
                "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web",
                "uid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            ]
        ]
        try await cluster.create(orphan, .configMaps)
        #expect(await cluster.wait(for: [.configMaps]) { cluster.names(.configMaps).isEmpty })
        await cluster.stop()
    }

    @Test func emptiesANamespaceAndSaysWhatHoldsItUp() async throws {
        let cluster = try await running()
        try await cluster.change(.persistentVolumeClaims, "www-web-0") { $0.finalizers = ["example.com/hold"] }
        try await cluster.change(.persistentVolumeClaims, "www-web-1") { $0.finalizers = [] }
        try await cluster.delete(.namespaces, "case")
        #expect(
            await cluster.wait(for: [.namespaces]) {
                cluster.find(.namespaces, "case")?.condition("NamespaceFinalizersRemaining")?["message"]?.string
                    == "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"
            })
        #expect(cluster.names(.pods).isEmpty)
        try await cluster.change(.persistentVolumeClaims, "www-web-0") { $0.finalizers = [] }
        #expect(await cluster.wait(for: [.namespaces]) { cluster.find(.namespaces, "case") == nil })
        await cluster.stop()
    }

    private func conditions(_ cluster: ControllerHarness) -> [String: String] {
        let found = cluster.find(.namespaces, "case")?["status", "conditions"]?.array ?? []
        return Dictionary(
            found.map { ($0["type"]?.string ?? "", ($0["status"]?.string ?? "") + " " + ($0["reason"]?.string ?? "")) },
            uniquingKeysWith: { first, _ in first })
    }

    /// While pods go nothing else does, and every condition is there with upstream's reason.
    @Test func aNamespaceWaitsForItsPodsFirst() async throws {
        let cluster = try await running()
        try await cluster.change(.pods, "web-0") { $0.finalizers = ["example.com/hold"] }
        try await cluster.delete(.namespaces, "case")
        let held = [
            "NamespaceDeletionDiscoveryFailure": "False ResourcesDiscovered",
            "NamespaceDeletionGroupVersionParsingFailure": "False ParsedGroupVersions",
            "NamespaceDeletionContentFailure": "False ContentDeleted",
            "NamespaceContentRemaining": "True SomeResourcesRemain",
            "NamespaceFinalizersRemaining": "True SomeFinalizersRemain",
        ]
        #expect(
            await cluster.wait(for: [.namespaces, .pods]) {
                conditions(cluster) == held && cluster.names(.pods) == ["web-0"]
            })
        let message = cluster.find(.namespaces, "case")?.condition("NamespaceContentRemaining")?["message"]?.string
        #expect(message?.hasSuffix("pods. has 1 resource instances") == true)
        #expect(cluster.find(.namespaces, "case")?["status", "phase"] == "Terminating")
        #expect(claims(cluster) == ["www-web-0", "www-web-1"])
        // Nothing new may come in.
        let late = Object(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "late", "namespace": "case"]])
        do {
            try await cluster.create(late, .configMaps)
            Issue.record("made in a namespace that is being deleted")
        } catch let error as Status {
            #expect(error.code == 403 && error.causes.first?.reason == "NamespaceTerminating")
        }
        try await cluster.change(.pods, "web-0") { $0.finalizers = [] }
        #expect(await cluster.wait(for: [.namespaces]) { cluster.find(.namespaces, "case") == nil })
        #expect(claims(cluster).isEmpty)
        await cluster.stop()
    }

    /// Clients read the phase after they asked for the deletion; a daemon that starts again does not wait anew.
    @Test func aNamespaceIsAnnouncedBeforeItIsEmptied() {
        let active = Object(["metadata": ["name": "a"]])
        let going = Object(["metadata": ["name": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"]])
        #expect(NamespaceController.wait(after: active, .seconds(1)) == .seconds(1))
        #expect(NamespaceController.wait(after: going, .seconds(1)) == .zero)
        #expect(NamespaceController.wait(after: nil, .seconds(1)) == .zero)
    }
}
