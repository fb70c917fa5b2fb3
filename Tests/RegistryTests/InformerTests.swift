import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct InformerTests {
    @Test func theCacheFollowsAndHandlersSeeTransitions() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let seen = LockedBox<[String]>([])
        let informer = Informer(fixture.registry, .configMaps)
        informer.addHandler { old, new in
            let name = (new ?? old)?.name ?? ""
            let kind = old == nil ? "+" : new == nil ? "-" : "~"
            seen.withLock { $0.append(kind + name) }
        }
        try informer.start()
        #expect(seen.withLock { $0 } == ["+a"])
        try await fixture.make(Sample.configMap("b"), .configMaps)
        _ = try await fixture.registry.update(fixture.key(.configMaps, "a"), by: .tester) { old in
            var new = old
            new["data"] = ["k": "w"]
            return new
        }
        _ = try await fixture.registry.delete(fixture.key(.configMaps, "b"), by: .tester)
        #expect(await informer.caughtUp(with: fixture.engine.currentRevision))
        #expect(seen.withLock { $0 } == ["+a", "+b", "~a", "-b"])
        #expect(informer.get(namespace: "case", name: "a")?["data"] == ["k": "w"])
        #expect(informer.get(namespace: "case", name: "b") == nil)
        informer.stop()
    }

    @Test func indexesFollow() async throws {
        let fixture = try await Fixture.ready()
        let informer = Informer(fixture.registry, .pods)
        informer.addIndex("node") { pod in [pod["spec", "nodeName"]?.string ?? ""] }
        try informer.start()
        try await fixture.make(Sample.pod("p1", node: "n1"), .pods)
        try await fixture.make(Sample.pod("p2", node: "n1"), .pods)
        try await fixture.make(Sample.pod("p3"), .pods)
        #expect(await informer.caughtUp(with: fixture.engine.currentRevision))
        #expect(Set(informer.indexed(by: "node", value: "n1").map(\.name)) == ["p1", "p2"])
        _ = try await fixture.registry.delete(
            fixture.key(.pods, "p1"), options: DeleteOptions(gracePeriodSeconds: 0), by: .tester)
        #expect(await informer.caughtUp(with: fixture.engine.currentRevision))
        #expect(informer.indexed(by: "node", value: "n1").map(\.name) == ["p2"])
        informer.stop()
    }

    @Test func aBrokenWatchIsTakenUpAgainWithoutGap() async throws {
        let fixture = try await Fixture.ready()
        let informer = Informer(fixture.registry, .configMaps)
        try informer.start()
        for index in 0..<20 {
            try await fixture.make(Sample.configMap("m\(index)"), .configMaps)
            if index % 5 == 0 { fixture.engine.cancelWatchers() }
            if index % 7 == 0 {
                _ = try await fixture.registry.delete(fixture.key(.configMaps, "m\(index)"), by: .tester)
            }
        }
        #expect(await informer.caughtUp(with: fixture.engine.currentRevision))
        let listed = try fixture.registry.list(.configMaps).items
        #expect(Set(informer.all()) == Set(listed))
        #expect(listed.count == 17)
        informer.stop()
        #expect(await !informer.caughtUp(with: .max))
    }
}
