package import Objects

extension Registry {
    /// `pods/eviction`: deletes a pod if its disruption budget allows it
    /// (https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/). `options` are those inside the
    /// Eviction. Errors: 404, 409, 429 (not now), 500 (two budgets).
    package func evict(
        _ pod: ObjectKey, options: DeleteOptions = DeleteOptions(), by user: User
    ) async throws(Status) -> DeleteOutcome {
        try await evict(pod, options, user, rounds: Eviction.rounds)
    }

    /// A pod that no budget protects may be protected a moment later: it is deleted as it was looked at, or looked at
    /// again.
    private func evict(
        _ pod: ObjectKey, _ options: DeleteOptions, _ user: User, rounds: Int
    ) async throws(Status) -> DeleteOutcome {
        let object = try get(pod)
        try Eviction.checkPreconditions(object, options)
        guard Eviction.isFree(object) else { return try await evict(object, pod, options, user) }
        let guarded = Eviction.hasEnded(object) ? options : Eviction.guarded(options, by: object)
        do {
            return try await deleteMarked(pod, guarded, user)
        } catch {
            guard error.reason == "Conflict", options.resourceVersion.isEmpty, rounds > 1 else { throw error }
        }
        return try await evict(pod, options, user, rounds: rounds - 1)
    }

    private func evict(
        _ object: Object, _ pod: ObjectKey, _ options: DeleteOptions, _ user: User
    ) async throws(Status) -> DeleteOutcome {
        let budgets = try budgets(of: object)
        guard budgets.count <= 1 else {
            throw Status(
                code: 500, reason: "",
                message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
                    + "support.")
        }
        guard let budget = budgets.first else { return try await deleteMarked(pod, options, user) }
        guard Eviction.isUnhealthyAndMayGo(object, budget) else {
            try await spend(budget, for: object, dryRun: options.dryRun, user)
            return try await deleteMarked(pod, options, user)
        }
        do {
            // Only as unhealthy as it was looked at: a pod that has become ready meanwhile is asked for again.
            return try await deleteMarked(pod, Eviction.guarded(options, by: object), user)
        } catch {
            guard error.reason == "Conflict", options.resourceVersion.isEmpty else { throw error }
            // The client did not ask for this version, so it is told to come again, not that it was wrong.
            throw Eviction.notYet(budget)
        }
    }

    /// Says in the pod why it goes, so that whoever sees it going knows, and deletes it.
    private func deleteMarked(
        _ pod: ObjectKey, _ options: DeleteOptions, _ user: User
    ) async throws(Status) -> DeleteOutcome {
        guard !options.dryRun else { return try await delete(pod, options: options, by: user) }
        let now = self.options.clock()
        let marked = try await update(pod, subresource: .status, by: user) { old throws(Status) in
            try Eviction.checkPreconditions(old, options)
            return Eviction.marked(old, now: now)
        }
        var options = options
        if !options.resourceVersion.isEmpty { options.resourceVersion = marked.resourceVersion }
        return try await delete(pod, options: options, by: user)
    }

    private func budgets(of pod: Object) throws(Status) -> [Object] {
        try list(.podDisruptionBudgets, namespace: pod.namespace).items.filter { budget in
            guard let json = budget["spec", "selector"], let selector = Selector(labelSelector: json) else {
                return false
            }
            return selector.matches(pod)
        }
    }

    /// Takes one disruption out of the budget, before the pod is touched: two evictions cannot spend the same one.
    private func spend(_ budget: Object, for pod: Object, dryRun: Bool, _ user: User) async throws(Status) {
        let key = ObjectKey(.podDisruptionBudgets, namespace: budget.namespace, name: budget.name)
        let now = options.clock()
        let writeOptions = WriteOptions(dryRun: dryRun)
        _ = try await update(key, subresource: .status, options: writeOptions, by: user) { old throws(Status) in
            try Eviction.checkBudget(old)
            var new = old
            new["status", "disruptionsAllowed"] = .integer((old["status", "disruptionsAllowed"]?.integer ?? 0) - 1)
            new["status", "disruptedPods", pod.name] = .string(now.rfc3339)
            return new
        }
    }
}

/// The rules of evictions. Pure.
enum Eviction {
    /// How often a pod that changes under one's hands is looked at, as upstream.
    static let rounds = 20

    static func checkPreconditions(_ pod: Object, _ options: DeleteOptions) throws(Status) {
        guard options.uid.isEmpty || options.uid == pod.uid else {
            throw .conflict(
                .pods, pod.name,
                because: "Precondition failed: UID in precondition: \(options.uid), UID in object meta: \(pod.uid)")
        }
        guard options.resourceVersion.isEmpty || options.resourceVersion == pod.resourceVersion else {
            throw .conflict(
                .pods, pod.name,
                because: "the ResourceVersion in the precondition (\(options.resourceVersion)) does not match the "
                    + "ResourceVersion in record (\(pod.resourceVersion)). The object might have been modified")
        }
    }

    /// The pod with the condition DisruptionTarget
    /// (https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions).
    static func marked(_ pod: Object, now: Timestamp) -> Object {
        var pod = pod
        var conditions = pod["status", "conditions"]?.array ?? []
        let old = conditions.first { $0["type"] == "DisruptionTarget" }
        let since = old?["status"] == "True" ? old?["lastTransitionTime"] : nil
        conditions.removeAll { $0["type"] == "DisruptionTarget" }
        conditions.append([
            "type": "DisruptionTarget", "observedGeneration": .integer(pod.generation), "status": "True",
            "lastProbeTime": nil, "lastTransitionTime": since ?? .string(now.rfc3339),
            "reason": "EvictionByEvictionAPI", "message": "Eviction API: evicting",
        ])
        pod["status", "conditions"] = .array(conditions)
        return pod
    }

    /// No budget protects a pod that has ended, is ending or never ran.
    static func isFree(_ pod: Object) -> Bool { hasEnded(pod) || pod["status", "phase"]?.string == "Pending" }

    /// It has ended or is ending, and nothing makes it run again.
    static func hasEnded(_ pod: Object) -> Bool {
        pod.isBeingDeleted || ["Failed", "Succeeded"].contains(pod["status", "phase"]?.string ?? "")
    }

    /// Only the version that was looked at, unless the client wants a certain one.
    static func guarded(_ options: DeleteOptions, by pod: Object) -> DeleteOptions {
        var options = options
        if options.resourceVersion.isEmpty { options.resourceVersion = pod.resourceVersion }
        return options
    }

    /// Pods that are not ready do not use the budget up: always if it says so, else while enough others are healthy.
    static func isUnhealthyAndMayGo(_ pod: Object, _ budget: Object) -> Bool {
        let ready = pod["status", "conditions"]?.array?.contains { $0["type"] == "Ready" && $0["status"] == "True" }
        if ready ?? false { return false }
        if budget["spec", "unhealthyPodEvictionPolicy"]?.string == "AlwaysAllow" { return true }
        let healthy = budget["status", "currentHealthy"]?.integer ?? 0
        let desired = budget["status", "desiredHealthy"]?.integer ?? 0
        return healthy >= desired && desired > 0
    }

    static func checkBudget(_ budget: Object) throws(Status) {
        let status = budget["status"]
        if (status?["observedGeneration"]?.integer ?? 0) < budget.generation {
            throw notYet(budget)
        }
        let allowed = status?["disruptionsAllowed"]?.integer ?? 0
        if allowed < 0 {
            throw .forbidden(.podDisruptionBudgets, budget.name, "pdb disruptions allowed is negative")
        }
        if (status?["disruptedPods"]?.object?.count ?? 0) > 2000 {
            throw .forbidden(
                .podDisruptionBudgets, budget.name,
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
        }
        if allowed == 0 {
            let desired = status?["desiredHealthy"]?.integer ?? 0
            let current = status?["currentHealthy"]?.integer ?? 0
            throw refusal(
                "The disruption budget \(budget.name) needs \(desired) healthy pods and has \(current) currently",
                retryAfterSeconds: 0)
        }
    }

    static func notYet(_ budget: Object) -> Status {
        refusal(
            "The disruption budget \(budget.name) is still being processed by the server.", retryAfterSeconds: 10)
    }

    private static func refusal(_ why: String, retryAfterSeconds: Int) -> Status {
        var status = Status.tooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds: retryAfterSeconds)
        status.causes = [Status.Cause(reason: "DisruptionBudget", message: why, field: "")]
        return status
    }
}
