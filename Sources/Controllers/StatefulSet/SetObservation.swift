package import Objects

/// Everything that the decision about a set depends on, at one moment.
package struct SetObservation: Sendable {
    package var set: Object
    /// The pods that the set controls.
    package var pods: [Object]
    /// The claims of the set's namespace that its templates name, by name.
    package var claims: [String: Object]
    package var current: SetRevision
    package var update: SetRevision
    package var collisionCount: Int
    /// Seconds since 1970.
    package var now: Int64

    package init(
        set: Object, pods: [Object], claims: [String: Object], current: SetRevision, update: SetRevision,
        collisionCount: Int, now: Int64
    ) {
        self.set = set
        self.pods = pods
        self.claims = claims
        self.current = current
        self.update = update
        self.collisionCount = collisionCount
        self.now = now
    }
}

/// A pod of the set, or one that should be made: what the decision asks of it, read once.
struct Replica: Sendable {
    let ordinal: Int
    let pod: Object
    let state: PodState
    let revision: String
    let isAvailable: Bool
    /// This decision deletes it.
    var isDoomed = false

    init(_ pod: Object, ordinal: Int, minReadySeconds: Int, now: Int64) {
        self.ordinal = ordinal
        self.pod = pod
        state = PodState(pod)
        revision = pod.label(SetLabel.revision) ?? ""
        isAvailable = state.isAvailable(minReadySeconds: minReadySeconds, now: now)
    }

    var isGoing: Bool { state.isTerminating || isDoomed }
    var isUnavailable: Bool { !isAvailable || isGoing }
}
