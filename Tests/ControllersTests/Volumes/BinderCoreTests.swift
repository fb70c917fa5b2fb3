import Objects
import Testing

@testable import Controllers

/// What the binder keeps and looks at while much is going on.
@Suite struct BinderCoreTests {
    /// One task ends only after the next has begun, so that there is never a moment without any.
    @Test func forgetsWhatVanishedBeforeItsTasksBegan() throws {
        var core = BinderCore()
        var last: BindTask?
        for index in 0..<50 {
            core.observe(.volume(Make.volume("v\(index)")))
            core.observe(.claim(Make.claim("c\(index)")))
            let next = core.nextTask()
            let task = try #require(next)
            core.observe(.noVolume(Make.volume("x\(index)")))
            if let last { _ = core.finish(last, .failed) }
            last = task
        }
        let remembered = core.gone.count
        #expect(remembered == 1)
    }

    /// What a task has read may be older than the news.
    @Test func whatVanishedDuringATaskStaysGone() throws {
        var core = BinderCore()
        for name in ["a", "b"] {
            core.observe(.volume(Make.volume("v\(name)")))
            core.observe(.claim(Make.claim("c\(name)")))
        }
        let begun = core.nextTask()
        let first = try #require(begun)
        let gone = Make.volume("gone")
        core.observe(.noVolume(gone))
        let later = core.nextTask()
        let second = try #require(later)
        _ = core.finish(second, .failed)
        core.observe(.volume(gone))
        let isBack = core.view.volumes["gone"] != nil
        #expect(!isBack)
        _ = core.finish(first, .failed)
        core.observe(.volume(gone))
        let isThere = core.view.volumes["gone"] != nil
        #expect(isThere)
    }

    /// However many volumes of a class become free, its consumers are looked at once.
    @Test func aFreeVolumeIsOfferedToThoseThatWaitForTheirPod() {
        var core = BinderCore()
        core.observe(.node(Make.node("n1")))
        core.observe(.storageClass(Make.storageClass("w", provisioner: Provisioner.none, waits: true)))
        core.observe(.claim(Make.claim("c", className: "w")))
        core.observe(.pod(Make.pod("p", claims: ["c"], node: "n1")))
        for _ in 0..<20 {
            guard let task = core.nextTask() else { break }
            _ = core.finish(task, .done([]))
        }
        for index in 0..<10 { core.observe(.volume(Make.volume("v\(index)", className: "w"))) }
        var branches: [String] = []
        for _ in 0..<20 {
            guard let task = core.nextTask() else { break }
            branches.append(task.decision.branch)
        }
        #expect(branches == ["5-2"])
    }
}
