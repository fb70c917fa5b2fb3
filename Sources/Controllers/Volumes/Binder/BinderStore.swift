package import Objects

/// The binder's effects: what it needs of the world to carry a decision out.
package protocol BinderStore: Sendable {
    func volume(_ name: String) throws(Status) -> Object?
    func claim(_ key: ClaimKey) throws(Status) -> Object?
    func storageClass(_ name: String) throws(Status) -> Object?
    /// All writes and guards of the decision in one transaction, each at the resourceVersion it carries; returns the
    /// objects of `writes` as they are stored then. 409 or 404: something has changed, and nothing was written.
    func commit(_ decision: BindDecision) async throws(Status) -> [Object]
    func record(_ event: VolumeEvent)
}

extension BinderStore {
    /// The first premise that does not hold, as what the store has instead; nil: all hold.
    package func violation(of decision: BindDecision) throws(Status) -> BinderObservation? {
        for premise in decision.premises {
            switch premise {
            case .noVolume(let name):
                if let volume = try volume(name) { return .volume(volume) }
            case .noClass(let name):
                if let storageClass = try storageClass(name) { return .storageClass(storageClass) }
            case .noClaim(let key, let uid):
                if let claim = try claim(key), claim.uid == uid { return .claim(claim) }
            }
        }
        return nil
    }

    /// What the store has of the objects that the decision stands on.
    package func current(_ decision: BindDecision) throws(Status) -> [BinderObservation] {
        var observations: [BinderObservation] = []
        for write in decision.writes + decision.guards {
            let known = write.object
            switch write {
            case .volume:
                observations.append(try volume(known.name).map { .volume($0) } ?? .noVolume(known))
            case .claim:
                let key = ClaimKey(namespace: known.namespace, name: known.name)
                observations.append(try claim(key).map { .claim($0) } ?? .noClaim(known))
            }
        }
        return observations
    }
}
