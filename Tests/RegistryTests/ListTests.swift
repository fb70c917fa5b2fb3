import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct ListTests {
    /// m0..m4 with label pg, and one without.
    private func filled() async throws -> Fixture {
        let fixture = try await Fixture.ready()
        for index in 0..<5 {
            try await fixture.make(
                Sample.configMap("m\(index)", labels: ["pg": "1", "odd": index % 2 == 1 ? "y" : "n"]), .configMaps)
        }
        try await fixture.make(Sample.configMap("other"), .configMaps)
        return fixture
    }

    private func names(_ fixture: Fixture, _ options: ListOptions) throws -> [String] {
        try fixture.registry.list(.configMaps, namespace: "case", options: options).items.map(\.name)
    }

    @Test(arguments: [
        ("", "", ["m0", "m1", "m2", "m3", "m4", "other"]), ("pg", "", ["m0", "m1", "m2", "m3", "m4"]),
        ("!pg", "", ["other"]), ("odd=y", "", ["m1", "m3"]), ("", "metadata.name=m2", ["m2"]),
        ("odd=y", "metadata.name=m2", []), ("", "metadata.name!=m2", ["m0", "m1", "m3", "m4", "other"]),
    ])
    func selectors(_ labels: String, _ fields: String, _ expected: [String]) async throws {
        let fixture = try await filled()
        #expect(try names(fixture, ListOptions(labelSelector: labels, fieldSelector: fields)) == expected)
    }

    @Test(arguments: [("x in 1", ""), ("x===1", ""), ("", "spec.foo=1"), ("", "nonsense")])
    func badSelectorsAreRefused(_ labels: String, _ fields: String) async throws {
        let fixture = try await filled()
        let status = await fixture.failure {
            try names(fixture, ListOptions(labelSelector: labels, fieldSelector: fields))
        }
        #expect(status?.code == 400)
    }

    @Test func pagesArePinnedToOneRevision() async throws {
        let fixture = try await filled()
        let first = try fixture.registry.list(.configMaps, namespace: "case", options: ListOptions(limit: 2))
        #expect(first.items.map(\.name) == ["m0", "m1"])
        #expect(first.remaining == 4)
        try await fixture.make(Sample.configMap("m2a"), .configMaps)
        _ = try await fixture.registry.delete(fixture.key(.configMaps, "m3"), by: .tester)
        let second = try fixture.registry.list(
            .configMaps, namespace: "case", options: ListOptions(limit: 3, continueToken: first.continueToken))
        #expect(second.items.map(\.name) == ["m2", "m3", "m4"])
        #expect(second.revision == first.revision)
        #expect(second.remaining == 1)
        let third = try fixture.registry.list(
            .configMaps, namespace: "case", options: ListOptions(limit: 3, continueToken: second.continueToken))
        #expect(third.items.map(\.name) == ["other"])
        #expect(third.continueToken.isEmpty && third.remaining == nil)
    }

    @Test func pagesWithASelectorFillUp() async throws {
        let fixture = try await filled()
        let options = ListOptions(labelSelector: "odd=n", limit: 2)
        let first = try fixture.registry.list(.configMaps, namespace: "case", options: options)
        #expect(first.items.map(\.name) == ["m0", "m2"])
        #expect(first.remaining == nil)
        var next = options
        next.continueToken = first.continueToken
        let second = try fixture.registry.list(.configMaps, namespace: "case", options: next)
        #expect(second.items.map(\.name) == ["m4"])
        #expect(second.continueToken.isEmpty)
    }

    @Test func aCompactedTokenComesBackFresh() async throws {
        let fixture = try await filled()
        let first = try fixture.registry.list(.configMaps, namespace: "case", options: ListOptions(limit: 2))
        try await fixture.make(Sample.configMap("m2a"), .configMaps)
        let revision = fixture.engine.currentRevision
        await withCheckedContinuation { done in fixture.engine.compact(to: revision) { _ in done.resume() } }
        let next = ListOptions(limit: 2, continueToken: first.continueToken)
        let status = await fixture.failure { try names(fixture, next) }
        #expect(status?.code == 410 && status?.reason == "Expired")
        let token = try #require(status?.continueToken)
        #expect(try names(fixture, ListOptions(continueToken: token)) == ["m2", "m2a", "m3", "m4", "other"])
    }

    @Test(arguments: [
        (ListOptions(continueToken: "garbage"), 400, ""),
        (ListOptions(resourceVersion: "garbage"), 400, ""),
        (ListOptions(resourceVersionMatch: .exact), 422, "resourceVersionMatch"),
        (ListOptions(resourceVersion: "0", resourceVersionMatch: .exact), 422, "resourceVersionMatch"),
        (ListOptions(resourceVersion: "9999"), 504, ""),
        (ListOptions(resourceVersion: "9999", resourceVersionMatch: .exact), 504, ""),
        (ListOptions(limit: -1), 0, ""), (ListOptions(resourceVersion: "0"), 0, ""),
        (ListOptions(resourceVersion: "3"), 0, ""),
    ])
    func optionsAreChecked(_ options: ListOptions, _ code: Int, _ field: String) async throws {
        let fixture = try await filled()
        let status = await fixture.failure { try names(fixture, options) }
        #expect((status?.code ?? 0) == code)
        #expect((status?.causes.first?.field ?? "") == field)
    }

    @Test(arguments: [Int.max, Int.max - 1, 6, 0, -1, Int.min])
    func everyLimitIsOne(_ limit: Int) async throws {
        let fixture = try await filled()
        let all = ["m0", "m1", "m2", "m3", "m4", "other"]
        #expect(try names(fixture, ListOptions(limit: limit)) == all)
        #expect(try names(fixture, ListOptions(labelSelector: "pg", limit: limit)) == Array(all.prefix(5)))
        #expect(try names(fixture, ListOptions(fieldSelector: "metadata.name=m2", limit: limit)) == ["m2"])
        let list = try fixture.registry.list(.configMaps, namespace: "case", options: ListOptions(limit: limit))
        #expect(list.continueToken.isEmpty && list.remaining == nil)
        let first = try fixture.registry.list(.configMaps, namespace: "case", options: ListOptions(limit: 4))
        let rest = ListOptions(limit: limit, continueToken: first.continueToken)
        #expect(try names(fixture, rest) == ["m4", "other"])
        let deleted = try await fixture.registry.deleteCollection(
            .configMaps, namespace: "case", selecting: ListOptions(limit: limit), by: .tester)
        #expect(deleted.items.map(\.name) == all)
    }

    @Test func thePastCanBeRead() async throws {
        let fixture = try await filled()
        let then = fixture.engine.currentRevision
        _ = try await fixture.registry.delete(fixture.key(.configMaps, "m0"), by: .tester)
        let options = ListOptions(resourceVersion: String(then), resourceVersionMatch: .exact)
        #expect(try names(fixture, options).contains("m0"))
        #expect(try fixture.registry.find(fixture.key(.configMaps, "m0"), at: then) != nil)
        #expect(try fixture.registry.find(fixture.key(.configMaps, "m0")) == nil)
    }

    @Test func podsAreSelectedByNodeAndPhase() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p1", node: "n1"), .pods)
        try await fixture.make(Sample.pod("p2"), .pods)
        func names(_ selector: String) throws -> [String] {
            try fixture.registry.list(.pods, options: ListOptions(fieldSelector: selector)).items.map(\.name)
        }
        #expect(try names("spec.nodeName=n1") == ["p1"])
        #expect(try names("spec.nodeName=") == ["p2"])
        #expect(try names("status.phase=Pending,metadata.namespace=case") == ["p1", "p2"])
    }

    @Test func deleteCollectionTakesWhatIsSelected() async throws {
        let fixture = try await filled()
        let deleted = try await fixture.registry.deleteCollection(
            .configMaps, namespace: "case", selecting: ListOptions(labelSelector: "pg"), by: .tester)
        #expect(deleted.items.count == 5)
        #expect(try names(fixture, ListOptions()) == ["other"])
    }
}
