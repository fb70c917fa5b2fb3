import Glibc
import Objects
import Testing

@testable import Node

/// Readers of logs and writers of pods may say any number: none may end the agent.
@Suite("Times beyond the clock") struct TimeTests {
    private let last = WallTime(nanoseconds: .max)
    private let first = WallTime(nanoseconds: .min)

    @Test func sumsEndAtTheLastTime() {
        #expect(WallTime.now().adding(1e300) == last)
        #expect(WallTime(seconds: 0).adding(-1e300) < noon)
        #expect(last.adding(1) == last)
        #expect(first.adding(-1) == first)
        #expect(WallTime(seconds: .infinity) == last)
        #expect(WallTime(seconds: -1e12) == first)
        #expect(last.seconds(since: first) > 1.8e10)
        #expect(noon.adding(1.5).seconds(since: noon) == 1.5)
    }

    @Test(arguments: ["9999-12-31T23:59:59Z", "2262-04-12T00:00:00Z", "0001-01-01T00:00:00Z"])
    func whatDoesNotFitIsNoTime(_ text: String) { #expect(WallTime(text) == nil) }

    @Test func theLastSecondIsOne() { #expect(WallTime("2262-04-11T23:47:16Z") != nil) }

    @Test func gracePeriodsAreCapped() throws {
        let longest = Double(Int32.max)
        #expect(pod { $0["spec", "terminationGracePeriodSeconds"] = .integer(.max) }.gracePeriod == longest)
        #expect(pod { $0["metadata", "deletionGracePeriodSeconds"] = .integer(.max) }.gracePeriod == longest)
        #expect(pod { $0["metadata", "deletionGracePeriodSeconds"] = .integer(.min) }.gracePeriod == 1)
        let spec = ProbeSpec(
            [
                "terminationGracePeriodSeconds": .integer(.max), "timeoutSeconds": .integer(.max),
                "periodSeconds": .integer(.max), "initialDelaySeconds": .integer(.max),
            ], kind: .liveness)
        #expect(spec.gracePeriod == longest && spec.timeout == longest)
        #expect(spec.period == longest && spec.initialDelay == longest)
    }

    @Test func aPodOfTheFarFutureHasAPlan() throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let object = pod {
            $0["status"] = ["startTime": "2500-01-01T00:00:00Z"]
            $0["spec", "activeDeadlineSeconds"] = .integer(.max)
        }.object
        let state = try PodRecovery(engine: bench.context.engine).state(object, record: nil, now: noon)
        #expect(state.startTime == noon)
        #expect(state.plan(now: noon).wakeAt == last)
    }

    @Test func aHookMayHaveAnyTime() async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let spec = pod()
        let prober = Prober(
            context: bench.context, pod: spec, id: ContainerID(podUID: spec.uid, name: "main", attempt: 0),
            container: spec.containers[0], addresses: ["127.0.0.1"])
        // Nobody listens there; what matters is that the time is no trap.
        for timeout in [1e300, Double(Int64.max)] {
            #expect(await !prober.perform(["tcpSocket": ["port": 1]], timeout: timeout).success)
            #expect(await !prober.perform(["httpGet": ["port": 1]], timeout: timeout).success)
        }
        #expect(await !prober.perform(["tcpSocket": ["port": 99_999_999]], timeout: 1).success)
    }

    @Test func aStartThatIsNoneIsNotRead() {
        #expect(ShimStart("99999999999 1 2 3 4") == nil)
        #expect(ShimStart("1 -1 2 3 4") == nil)
        #expect(ShimStart("1 2 3 4 5")?.initProcess == ProcessIdentity(pid: 3, startTime: 4))
    }
}
