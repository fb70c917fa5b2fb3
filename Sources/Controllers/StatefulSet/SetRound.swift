package import Objects

/// What there is of a set and around it, before anything was decided.
package struct SetInput: Sendable {
    package var set: Object
    /// Pods of the namespace that may be the set's: those that it controls, and those that its selector selects.
    package var pods: [Object]
    package var claims: [String: Object]
    package var revisions: [Object]
    /// Seconds since 1970.
    package var now: Int64

    package init(set: Object, pods: [Object], claims: [String: Object], revisions: [Object], now: Int64) {
        self.set = set
        self.pods = pods
        self.claims = claims
        self.revisions = revisions
        self.now = now
    }
}

/// One round of a set: first it must be clear what belongs to it, then its template must be on record, then its pods
/// follow. Each step is observed again before the next is taken.
package enum SetRound: Sendable {
    /// Pods and revisions change hands; then look again.
    case settle(pods: Ownership, revisions: Ownership)
    /// The history changes; then look again, with the result among the revisions.
    case record(SetRevisions.Decision, collisionCount: Int)
    /// The plan, and the revisions that the history limit leaves no room for.
    case carryOut(SetPlan, surplus: [SetRevision])
    /// Nothing to do, not even a status to report.
    case rest

    /// - Parameter selects: the set's selector selects the object.
    package static func next(_ input: SetInput, selects: (Object) -> Bool) -> SetRound {
        let set = SetSpec(input.set)
        let pods = Ownership(of: input.pods, set: set) { PodIdentity.isMember($0, of: set.name) && selects($0) }
        let records = Ownership(of: input.revisions, set: set, matches: selects)
        guard pods.isSettled, records.adopted.isEmpty else { return .settle(pods: pods, revisions: records) }

        let revisions = records.owned.map(SetRevision.init)
        let collisionCount = SetStatus(input.set["status"]).collisionCount
        let decision = SetRevisions.decide(set, revisions, collisionCount: collisionCount)
        let (current, update): (SetRevision, SetRevision)
        switch decision {
        case .use(let onRecord, let newest): (current, update) = (onRecord, newest)
        case .create(let object) where input.set.isBeingDeleted:
            // A set on its way out makes no more history: the garbage collector would have to remove it again. Its pods
            // are still counted.
            update = SetRevision(object)
            current = update
        case .renumber(let equal, _) where input.set.isBeingDeleted: (current, update) = (equal, equal)
        case .create, .renumber: return .record(decision, collisionCount: collisionCount)
        }
        let plan = SetDecision.decide(
            SetObservation(
                set: input.set, pods: pods.owned, claims: input.claims, current: current, update: update,
                collisionCount: collisionCount, now: input.now))
        let live = Set([current.name, update.name] + pods.owned.compactMap { $0.label(SetLabel.revision) })
        return .carryOut(plan, surplus: SetRevisions.surplus(set, revisions, live: live))
    }
}
