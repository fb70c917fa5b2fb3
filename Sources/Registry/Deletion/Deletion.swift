import Objects

/// What a deletion does to an object, as upstream's generic registry decides it (k8s.io/apiserver, registry/rest and
/// registry/generic). Pure.
enum Deletion {
    enum Step: Sendable, Hashable {
        /// The object goes now; this is its last state.
        case remove(Object)
        /// The object is marked and stays for its finalizers or its grace period.
        case mark(Object)
        /// Its deletion is under way, and this request does not shorten it.
        case pending
    }

    static func step(
        for object: Object, _ kind: KindSchema, _ options: DeleteOptions, now: Timestamp
    ) throws(Status) -> Step {
        try checkPreconditions(object, kind, options)
        var marked = object
        let graceful = Strategy.of(kind).isGraceful ? try shorten(&marked, options, now) : .immediate
        if graceful == .pending { return .pending }
        setFinalizers(&marked, kind, options)
        if graceful == .wait { return .mark(marked) }
        if marked.finalizers.isEmpty { return .remove(marked) }
        markWithoutGrace(&marked, object, now)
        return .mark(marked)
    }

    /// True if an update of an object whose deletion was waiting leaves nothing to wait for.
    static func isFinished(by new: Object, of old: Object) -> Bool {
        guard old.isBeingDeleted, new.finalizers.isEmpty else { return false }
        if old.kind == "Namespace", old.apiVersion == "v1", !(new["spec", "finalizers"]?.array ?? []).isEmpty {
            return false
        }
        return (old["metadata", "deletionGracePeriodSeconds"]?.integer ?? 0) == 0
    }

    // MARK: Preconditions

    private static func checkPreconditions(
        _ object: Object, _ kind: KindSchema, _ options: DeleteOptions
    ) throws(Status) {
        // Upstream names the kind here, not the resource.
        let about = ResourceName(kind.kind, group: kind.group)
        if !options.uid.isEmpty, options.uid != object.uid {
            throw .conflict(
                about, object.name,
                because: "the UID in the precondition (\(options.uid)) does not match the UID in record "
                    + "(\(object.uid)). The object might have been deleted and then recreated")
        }
        if !options.resourceVersion.isEmpty, options.resourceVersion != object.resourceVersion {
            throw .conflict(
                about, object.name,
                because: "the ResourceVersion in the precondition (\(options.resourceVersion)) does not match the "
                    + "ResourceVersion in record (\(object.resourceVersion)). The object might have been modified")
        }
    }

    // MARK: Grace

    private enum Grace { case immediate, wait, pending }

    /// Marks a pod with its grace period, or shortens the one that runs.
    private static func shorten(
        _ pod: inout Object, _ options: DeleteOptions, _ now: Timestamp
    ) throws(Status) -> Grace {
        let requested = options.gracePeriodSeconds.map(bounded)
        guard let deletion = pod.deletionTimestamp else {
            let period = gracePeriod(pod, requested)
            pod["metadata", "deletionTimestamp"] = .string(now.adding(seconds: period).rfc3339)
            pod["metadata", "deletionGracePeriodSeconds"] = .integer(period)
            if pod.generation > 0 { pod.bumpGeneration() }
            return period > 0 || !pod.finalizers.isEmpty ? .wait : .immediate
        }
        let running = max(pod["metadata", "deletionGracePeriodSeconds"]?.integer ?? 0, 0)
        if running == 0 { return .immediate }
        guard var period = requested, period < running else { return .pending }
        let start = (Timestamp(deletion) ?? now).adding(seconds: -running)
        var end = start.adding(seconds: period)
        if end < now {
            // The new period is over already; a graceful request still leaves the last word to the node.
            end = now
            if period != 0 { period = 1 }
        }
        pod["metadata", "deletionTimestamp"] = .string(end.rfc3339)
        pod["metadata", "deletionGracePeriodSeconds"] = .integer(period)
        return period > 0 || !pod.finalizers.isEmpty ? .wait : .immediate
    }

    /// Nobody has to end what never ran or has ended.
    private static func gracePeriod(_ pod: Object, _ requested: Int64?) -> Int64 {
        if pod["spec", "nodeName"]?.string ?? "" == "" { return 0 }
        if ["Failed", "Succeeded"].contains(pod["status", "phase"]?.string ?? "") { return 0 }
        return bounded(requested ?? pod["spec", "terminationGracePeriodSeconds"]?.integer ?? 0)
    }

    /// The longest time that Go's `time.Duration` holds, in seconds: more no client could make sense of.
    static let longestGrace: Int64 = 9_223_372_036

    private static func bounded(_ period: Int64) -> Int64 { period < 0 ? 1 : min(period, longestGrace) }

    // MARK: Finalizers

    private static let orphan = "orphan"
    private static let foreground = "foregroundDeletion"

    private static func setFinalizers(_ object: inout Object, _ kind: KindSchema, _ options: DeleteOptions) {
        // An Event has no dependents that the garbage collector knows of.
        guard kind.resource != "events" else { return }
        let before = object.finalizers
        let wanted: String? =
            switch options.propagation {
            case .orphan: orphan
            case .foreground: foreground
            case .background: nil
            case nil: before.first { $0 == orphan || $0 == foreground }
            }
        var after = before.filter { $0 != orphan && $0 != foreground }
        if let wanted { after.append(wanted) }
        if Set(after) != Set(before) { object.finalizers = after }
    }

    private static func markWithoutGrace(_ marked: inout Object, _ before: Object, _ now: Timestamp) {
        if !before.isBeingDeleted, marked.generation > 0, marked.deletionTimestamp == nil { marked.bumpGeneration() }
        let end = marked.deletionTimestamp.flatMap { Timestamp($0) }
        if end.map({ now < $0 }) ?? true { marked["metadata", "deletionTimestamp"] = .string(now.rfc3339) }
        marked["metadata", "deletionGracePeriodSeconds"] = 0
    }
}
