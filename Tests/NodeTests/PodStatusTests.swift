import Objects
import Testing

@testable import Node

@Suite("Pod status") struct PodStatusTests {
    private func status(_ state: PodState, after old: JSON? = nil, now: WallTime = noon) -> JSON {
        PodStatusReport(state, nodeAddress: "192.0.2.1").status(after: old, now: now)
    }

    private func condition(_ status: JSON, _ type: String) -> JSON {
        (status["conditions"]?.array ?? []).first { $0["type"]?.string == type } ?? .null
    }

    @Test func aPodThatIsBeingSetUp() {
        let status = status(PodState(pod: pod(), startTime: noon))
        #expect(status["phase"] == "Pending")
        #expect(status["podIP"] == nil)
        #expect(status["startTime"] == "2026-01-01T12:00:00Z")
        #expect(condition(status, "PodReadyToStartContainers")["status"] == "False")
        #expect(condition(status, "Ready")["reason"] == "ContainersNotReady")
        #expect(condition(status, "Ready")["message"] == "containers with unready status: [main]")
        let container = status["containerStatuses"]?.array?.first
        #expect(container?.at("state", "waiting", "reason") == "ContainerCreating")
        #expect(container?["containerID"] == nil)
    }

    @Test func aRunningPodIsReadyAndHasItsAddress() {
        var state = upPod(pod())
        state.containerStarted("main", at: noon)
        let status = status(state)
        #expect(status["phase"] == "Running")
        #expect(status["podIP"] == "10.89.0.2")
        #expect(status["podIPs"] == [["ip": "10.89.0.2"]])
        #expect(status["hostIP"] == "192.0.2.1")
        for type in ["Ready", "ContainersReady", "Initialized", "PodReadyToStartContainers"] {
            #expect(condition(status, type)["status"] == "True")
        }
        let container = status["containerStatuses"]?.array?.first
        #expect(container?.at("state", "running", "startedAt") == "2026-01-01T12:00:00Z")
        #expect(container?["containerID"] == "process://u-1/main/0")
    }

    @Test func transitionTimesStayUntilTheConditionChanges() {
        var state = upPod(pod())
        state.containerStarted("main", at: noon)
        let first = status(state)
        #expect(status(state, after: first, now: noon.adding(60)) == first)
        #expect(
            PodStatusReport.patch(from: first, to: status(state, after: first, now: noon.adding(60)), uid: "u") == nil)
        state.readinessChanged("main", false)
        let second = status(state, after: first, now: noon.adding(60))
        #expect(condition(second, "Ready")["lastTransitionTime"] == "2026-01-01T12:01:00Z")
        #expect(condition(second, "Initialized")["lastTransitionTime"] == "2026-01-01T12:00:00Z")
    }

    @Test func conditionsAndFieldsOfOthersStay() {
        let old: JSON = [
            "qosClass": "BestEffort",
            "conditions": [["type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-01T11:00:00Z"]],
        ]
        let status = status(upPod(pod()), after: old)
        #expect(status["qosClass"] == "BestEffort")
        #expect(condition(status, "PodScheduled")["lastTransitionTime"] == "2026-01-01T11:00:00Z")
        let patch = PodStatusReport.patch(from: old, to: status, uid: "u-1")
        #expect(patch?.at("metadata", "uid") == "u-1")
        #expect(patch?.at("status", "qosClass") == nil)
    }

    @Test func aCrashLoopShowsWhyItWaitsAndHowItEnded() {
        var state = upPod(pod())
        for _ in 0..<2 {
            _ = state.beginAttempt("main")
            state.containerStarted("main", at: noon)
            state.containerExited("main", exit(3))
        }
        let container = status(state)["containerStatuses"]?.array?.first
        #expect(container?.at("state", "waiting", "reason") == "CrashLoopBackOff")
        #expect(
            container?.at("state", "waiting", "message")
                == "back-off 10s restarting failed container=main pod=web-0_default(u-1)")
        #expect(container?.at("lastState", "terminated", "exitCode") == 3)
        #expect(container?["restartCount"] == 1)
    }

    @Test(arguments: [(Int32(0), "Succeeded", "PodCompleted"), (1, "Failed", "PodFailed")])
    func aPodThatHasEnded(_ code: Int32, _ phase: String, _ reason: String) {
        var state = upPod(pod(policy: "Never"))
        state.containerStarted("main", at: noon)
        state.containerExited("main", exit(code))
        state.setUp = .tornDown
        let status = status(state)
        #expect(status["phase"] == .string(phase))
        #expect(condition(status, "Ready")["reason"] == .string(reason))
        #expect(
            status["containerStatuses"]?.array?.first?.at("state", "terminated", "exitCode") == .integer(Int64(code)))
    }

    @Test func readinessGatesCount() {
        var state = upPod(pod { $0["spec", "readinessGates"] = [["conditionType": "example.com/gate"]] })
        state.containerStarted("main", at: noon)
        #expect(condition(status(state), "Ready")["status"] == "False")
        #expect(condition(status(state), "ContainersReady")["status"] == "True")
        let open: JSON = ["conditions": [["type": "example.com/gate", "status": "True"]]]
        #expect(condition(status(state, after: open), "Ready")["status"] == "True")
    }
}
