import Objects
import Testing

@testable import Node

@Suite("Pod plan") struct PodDecisionTests {
    @Test func setUpComesFirstAndWaitsAfterAFailure() {
        var state = PodState(pod: pod(), startTime: noon)
        #expect(state.plan(now: noon).actions == [.setUp])
        state.setUp = .failed(Problem(reason: "x", message: "", retryAt: noon.adding(5)))
        #expect(state.plan(now: noon) == PodPlan(actions: [], wakeAt: noon.adding(5)))
        #expect(state.plan(now: noon.adding(5)).actions == [.setUp])
    }

    @Test func initContainersRunOneAfterTheOther() {
        var state = upPod(pod(containers: ["a", "b"], inits: ["i", "j"]))
        #expect(state.plan(now: noon).actions == [.start("i")])
        state.containerStarted("i", at: noon)
        #expect(state.plan(now: noon).actions.isEmpty)
        state.containerExited("i", exit(0))
        #expect(state.plan(now: noon).actions == [.start("j")])
        state.containerStarted("j", at: noon)
        state.containerExited("j", exit(0))
        #expect(state.plan(now: noon).actions == [.start("a"), .start("b")])
    }

    @Test func aSidecarStaysAndTheOthersWaitForItsStart() {
        var state = upPod(pod(containers: ["a"], sidecars: ["s"]))
        #expect(state.plan(now: noon).actions == [.start("s")])
        state.containerStarted("s", at: noon)
        #expect(state.plan(now: noon).actions == [.start("a")])
        state.containerStarted("a", at: noon)
        state.containerExited("s", exit(1))
        #expect(state.plan(now: noon.adding(1)).actions == [.start("s")])
    }

    @Test(
        arguments: [
            ("Always", 0, true), ("Always", 1, true), ("OnFailure", 0, false), ("OnFailure", 1, true),
            ("Never", 0, false),
            ("Never", 1, false),
        ] as [(String, Int32, Bool)])
    func restartPolicy(_ policy: String, _ code: Int32, _ restarts: Bool) {
        var state = upPod(pod(policy: policy))
        state.containerStarted("main", at: noon)
        state.containerExited("main", exit(code))
        let actions = state.plan(now: noon.adding(2)).actions
        #expect(actions == (restarts ? [.start("main")] : [.tearDown]))
        #expect(state.verdict == (restarts ? nil : code == 0 ? .succeeded : .failed))
    }

    @Test func crashesBackOff() {
        #expect(
            [1, 2, 3, 4, 6, 7, 8, 50].map { CrashBackoff.delay(crashes: $0) } == [0, 10, 20, 40, 160, 300, 300, 300])
        var state = upPod(pod())
        for attempt in 0..<3 {
            #expect(state.beginAttempt("main") == attempt)
            state.containerStarted("main", at: noon)
            state.containerExited("main", exit(1))
        }
        #expect(state.plan(now: noon.adding(2)) == PodPlan(actions: [], wakeAt: noon.adding(21)))
        #expect(state.plan(now: noon.adding(21)).actions == [.start("main")])
        // A long run forgets the earlier crashes.
        _ = state.beginAttempt("main")
        state.containerStarted("main", at: noon)
        state.containerExited("main", exit(1, after: 700))
        #expect(state["main"].crashes == 1)
    }

    @Test func aDeletedPodIsToldKilledTornDownAndRemoved() {
        var state = upPod(pod())
        state.containerStarted("main", at: noon)
        state.stop = .init(grace: 30, reason: "Killing", message: "", removes: true)
        #expect(state.plan(now: noon).actions == [.stop("main", grace: 30, reason: "Killing")])
        state.toldToStop("main", killAt: noon.adding(30))
        #expect(state.plan(now: noon) == PodPlan(actions: [], wakeAt: noon.adding(30)))
        #expect(state.plan(now: noon.adding(30)).actions == [.kill("main")])
        state.killed("main")
        #expect(state.plan(now: noon.adding(31)).actions.isEmpty)
        state.containerExited("main", exit(137))
        #expect(state.plan(now: noon).actions == [.tearDown])
        state.setUp = .tornDown
        #expect(state.plan(now: noon).actions == [.remove])
        state.endRetryAt = noon.adding(1)
        #expect(state.plan(now: noon) == PodPlan(actions: [], wakeAt: noon.adding(1)))
    }

    @Test func sidecarsAreStoppedLast() {
        var state = upPod(pod(containers: ["a"], sidecars: ["s"]))
        state.containerStarted("s", at: noon)
        state.containerStarted("a", at: noon)
        state.stop = .init(grace: 3, reason: "Killing", message: "", removes: true)
        #expect(state.plan(now: noon).actions == [.stop("a", grace: 3, reason: "Killing")])
        state.containerExited("a", exit(0))
        #expect(state.plan(now: noon).actions == [.stop("s", grace: 3, reason: "Killing")])
    }

    @Test func activeDeadlineFailsThePod() {
        let state = upPod(pod { $0["spec", "activeDeadlineSeconds"] = 60 })
        #expect(state.plan(now: noon).wakeAt == noon.adding(60))
        guard case .fail(reason: "DeadlineExceeded", message: _)? = state.plan(now: noon.adding(60)).actions.first
        else {
            Issue.record("not failed")
            return
        }
    }

    @Test func aRebootStartsTheSamePodOverAndCountsARestart() {
        var state = upPod(pod(containers: ["a"], inits: ["i"]))
        state.containerStarted("i", at: noon)
        state.containerExited("i", exit(0))
        state.containerStarted("a", at: noon)
        state.containerExited("a", exit(137))
        state.sandboxLost()
        #expect(state.plan(now: noon).actions == [.setUp])
        state.setUp = .done(addresses: ["10.89.0.3"])
        #expect(state.plan(now: noon.adding(2)).actions == [.start("i")])
        #expect(state["a"].attempt == 1)
        #expect(state["a"].previous?.code == 137)
    }

    @Test func aRebootFailsAPodThatIsNeverRestarted() {
        var state = upPod(pod(policy: "Never"))
        state.containerStarted("main", at: noon)
        state.containerExited("main", exit(137))
        state.sandboxLost()
        #expect(state.verdict == .failed)
    }

    /// Whatever happens in whatever order, the plan never starts what runs, nothing runs without a sandbox, and an
    /// action never leaves the state as it was (that would be an endless loop).
    @Test(arguments: 0..<300) func randomLives(seed: Int) {
        var random = Seeded(state: UInt64(seed) &+ 1)
        let policy = ["Always", "OnFailure", "Never"].randomElement(using: &random) ?? "Always"
        var state = PodState(
            pod: pod(containers: ["a", "b"], inits: ["i"], sidecars: ["s"], policy: policy), startTime: noon)
        var now = noon
        for _ in 0..<60 {
            now = now.adding(Double.random(in: 0...20, using: &random))
            disturb(&state, now, &random)
            for action in state.plan(now: now).actions {
                let before = state
                apply(action, &state, now, &random)
                #expect(state != before, "seed \(seed): \(action) changed nothing")
            }
            if case .done = state.setUp {
            } else {
                #expect(!state.isAnythingRunning, "seed \(seed): something runs without a sandbox")
            }
        }
    }

    private func disturb(_ state: inout PodState, _ now: WallTime, _ random: inout Seeded) {
        let running = state.containers.keys.sorted().filter { state[$0].running != nil }
        if let name = running.randomElement(using: &random), Bool.random(using: &random) {
            state.containerExited(
                name,
                ContainerExit(
                    code: Int32.random(in: 0...1, using: &random), finishedAt: now, startedAt: now, reason: "Error"))
        }
        if Int.random(in: 0..<25, using: &random) == 0 {
            state.stop = .init(grace: 5, reason: "Killing", message: "", removes: Bool.random(using: &random))
        }
    }

    private func apply(_ action: PodAction, _ state: inout PodState, _ now: WallTime, _ random: inout Seeded) {
        switch action {
        case .setUp:
            if Bool.random(using: &random) {
                state.setUp = .done(addresses: ["10.89.0.2"])
            } else {
                state.setUp = .failed(Problem(reason: "x", message: "\(now)", retryAt: now.adding(1)))
            }
        case .start(let name):
            #expect(state[name].running == nil)
            _ = state.beginAttempt(name)
            state.containerStarted(name, at: now)
        case .stop(let name, grace: let grace, reason: _): state.toldToStop(name, killAt: now.adding(grace))
        case .kill(let name): state.killed(name)
        case .tearDown: state.setUp = .tornDown
        case .remove: state.endRetryAt = now.adding(1000)
        case .fail(let reason, let message):
            state.stop = .init(grace: 5, reason: reason, message: message, removes: false)
        }
    }
}

/// SplitMix64: the same sequence for the same seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
