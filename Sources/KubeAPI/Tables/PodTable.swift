import Objects
import Registry

extension TablePrinter {
    static let pods = TablePrinter(
        columns: [
            .name("Name"), .name("Ready"), .name("Status"), .name("Restarts"), .name("Age"), .wide("IP"), .wide("Node"),
            .wide("Nominated Node"), .wide("Readiness Gates"),
        ], conditions: ended
    ) { pod, now in
        let summary = PodSummary(pod)
        return [
            .string(pod.name), .string("\(summary.ready)/\(summary.total)"), .string(summary.reason),
            .string(summary.restartText(now)), pod.age(now),
            .string(pod["status", "podIPs"]?.array?.first?["ip"]?.string ?? pod["status", "podIP"]?.string ?? "<none>"),
            pod.cell("spec", "nodeName", missing: "<none>"),
            pod.cell("status", "nominatedNodeName", missing: "<none>"), .string(summary.gates),
        ]
    }
}

/// Watchers of a table learn from its condition that a pod has ended.
@Sendable private func ended(_ pod: Object) -> [JSON] {
    let phase = pod["status", "phase"]?.string ?? ""
    let message = ["Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."][phase]
    guard let message else { return [] }
    return [["type": "Completed", "status": "True", "reason": .string(phase), "message": .string(message)]]
}

/// What `kubectl get pods` says of a pod, worked out as upstream's printPod does.
struct PodSummary: Sendable {
    private(set) var reason: String
    private(set) var ready = 0
    private(set) var total: Int
    private(set) var gates = "<none>"
    private var restarts: Int64 = 0
    private var lastRestart = ""
    private var sidecarRestarts: Int64 = 0
    private var lastSidecarRestart = ""

    init(_ pod: Object) {
        let initContainers = pod["spec", "initContainers"]?.array ?? []
        let sidecars = Set(
            initContainers.filter { $0["restartPolicy"]?.string == "Always" }.compactMap { $0["name"]?.string })
        total = (pod["spec", "containers"]?.array ?? []).count + sidecars.count
        let phase = pod["status", "phase"]?.string ?? ""
        reason = pod["status", "reason"]?.string ?? phase
        let conditions = pod["status", "conditions"]?.array ?? []
        if conditions.contains(where: { $0["type"] == "PodScheduled" && $0["reason"] == "SchedulingGated" }) {
            reason = "SchedulingGated"
        }
        let isInitializing = readInitContainers(pod, sidecars, count: initContainers.count)
        if !isInitializing || Self.isTrue("Initialized", conditions) { readContainers(pod, conditions) }
        if pod.isBeingDeleted {
            if pod["status", "reason"]?.string == "NodeLost" {
                reason = "Unknown"
            } else if phase != "Failed", phase != "Succeeded" {
                reason = "Terminating"
            }
        }
        readGates(pod, conditions)
    }

    func restartText(_ now: Timestamp) -> String {
        restarts == 0 || lastRestart.isEmpty ? "\(restarts)" : "\(restarts) (\(Age.since(lastRestart, now)) ago)"
    }

    /// True if one of them is not done yet.
    private mutating func readInitContainers(_ pod: Object, _ sidecars: Set<String>, count: Int) -> Bool {
        for (index, status) in (pod["status", "initContainerStatuses"]?.array ?? []).enumerated() {
            let isSidecar = sidecars.contains(status["name"]?.string ?? "")
            addRestarts(status)
            if isSidecar {
                sidecarRestarts += status["restartCount"]?.integer ?? 0
                lastSidecarRestart = max(lastSidecarRestart, Self.finished(status))
            }
            let terminated = status.at("state", "terminated")
            if terminated?["exitCode"]?.integer == 0 { continue }
            if isSidecar, status["started"]?.bool == true {
                if status["ready"]?.bool == true { ready += 1 }
                continue
            }
            let waiting = status.at("state", "waiting", "reason")?.string ?? ""
            if let terminated {
                reason = "Init:" + Self.reason(terminated)
            } else if !waiting.isEmpty, waiting != "PodInitializing" {
                reason = "Init:" + waiting
            } else {
                reason = "Init:\(index)/\(count)"
            }
            return true
        }
        return false
    }

    private mutating func readContainers(_ pod: Object, _ conditions: [JSON]) {
        (restarts, lastRestart) = (sidecarRestarts, lastSidecarRestart)
        var isAnyRunning = false
        for status in (pod["status", "containerStatuses"]?.array ?? []).reversed() {
            addRestarts(status)
            if let waiting = status.at("state", "waiting", "reason")?.string, !waiting.isEmpty {
                reason = waiting
            } else if let terminated = status.at("state", "terminated") {
                reason = Self.reason(terminated)
            } else if status["ready"]?.bool == true, status.at("state", "running") != nil {
                isAnyRunning = true
                ready += 1
            }
        }
        if reason == "Completed", isAnyRunning { reason = Self.isTrue("Ready", conditions) ? "Running" : "NotReady" }
    }

    private mutating func addRestarts(_ status: JSON) {
        restarts += status["restartCount"]?.integer ?? 0
        lastRestart = max(lastRestart, Self.finished(status))
    }

    private mutating func readGates(_ pod: Object, _ conditions: [JSON]) {
        guard let wanted = pod["spec", "readinessGates"]?.array, !wanted.isEmpty else { return }
        let met = wanted.filter { Self.isTrue($0["conditionType"]?.string ?? "", conditions) }.count
        gates = "\(met)/\(wanted.count)"
    }

    private static func finished(_ status: JSON) -> String {
        status.at("lastState", "terminated", "finishedAt")?.string ?? ""
    }

    private static func reason(_ terminated: JSON) -> String {
        if let reason = terminated["reason"]?.string, !reason.isEmpty { return reason }
        if let signal = terminated["signal"]?.integer, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(terminated["exitCode"]?.integer ?? 0)"
    }

    private static func isTrue(_ type: String, _ conditions: [JSON]) -> Bool {
        conditions.contains { $0["type"]?.string == type && $0["status"] == "True" }
    }
}
