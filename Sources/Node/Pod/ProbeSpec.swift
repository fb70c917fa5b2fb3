package import Objects

package enum ProbeKind: String, Sendable, CaseIterable {
    case startup = "Startup"
    case liveness = "Liveness"
    case readiness = "Readiness"

    var field: String {
        switch self {
        case .startup: "startupProbe"
        case .liveness: "livenessProbe"
        case .readiness: "readinessProbe"
        }
    }
}

/// https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
package struct ProbeSpec: Sendable, Hashable {
    package var kind: ProbeKind
    package var handler: JSON
    /// Seconds.
    package var initialDelay: Double
    package var period: Double
    package var timeout: Double
    package var successThreshold: Int
    package var failureThreshold: Int
    package var gracePeriod: Double?

    package init(_ json: JSON, kind: ProbeKind) {
        self.kind = kind
        handler = json
        initialDelay = Double(min(max(0, json["initialDelaySeconds"]?.integer ?? 0), Int64(Int32.max)))
        period = PodSpec.seconds(json["periodSeconds"]?.integer ?? 10)
        timeout = PodSpec.seconds(json["timeoutSeconds"]?.integer ?? 1)
        successThreshold = Int(max(1, json["successThreshold"]?.integer ?? 1))
        failureThreshold = Int(max(1, json["failureThreshold"]?.integer ?? 3))
        gracePeriod = json["terminationGracePeriodSeconds"]?.integer.map(PodSpec.seconds)
    }
}

/// Counts results until one of the thresholds is reached.
package struct ProbeCounter: Sendable, Hashable {
    private var successes = 0
    private var failures = 0

    package init() {}

    /// - Returns: true or false when that many results in a row say so, nil while it is undecided
    package mutating func add(success: Bool, _ spec: ProbeSpec) -> Bool? {
        successes = success ? successes + 1 : 0
        failures = success ? 0 : failures + 1
        if successes >= spec.successThreshold { return true }
        return failures >= spec.failureThreshold ? false : nil
    }
}
