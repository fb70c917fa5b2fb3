import Objects

/// `pods/resize`: what it takes over, and what may be different then (k8s.io/kubernetes, dropNonResizeUpdates and
/// ValidatePodResize; https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/).
enum PodResize {
    private static let lists = ["containers", "initContainers"]
    private static let onlyComputing = "only cpu and memory resources are mutable"

    /// - Parameter pod: the old one, in whose place the new one comes.
    static func take(from new: Object, over pod: Object) -> Object {
        // Other containers: the pod stays as it was sent, for the rules to refuse.
        if lists.contains(where: { containers(new, $0).count != containers(pod, $0).count }) { return new }
        var taken = pod
        taken["spec", "resources"] = new["spec", "resources"]
        for list in lists where !containers(pod, list).isEmpty {
            taken["spec", list] = .array(resized(containers(new, list), containers(pod, list)))
        }
        return taken
    }

    private static func resized(_ new: [JSON], _ old: [JSON]) -> [JSON] {
        guard zip(new, old).allSatisfy({ $0["name"] == $1["name"] }) else { return new }
        return zip(new, old).map { sent, container in
            var container = container
            container["resources"] = sent["resources"]
            container["resizePolicy"] = sent["resizePolicy"]
            return container
        }
    }

    /// In upstream's order: what is found last is not looked for when something before it is wrong.
    static func problems(_ new: Object, _ old: Object, after known: [FieldError]) -> [FieldError] {
        if let refusal = PodParts.refusalOfStatic(old, "cannot be resized") { return refusal }
        if old["spec", "os", "name"] == "windows" { return [.forbidden("[]", "windows pods cannot be resized")] }
        var problems = known + qualityProblems(new, old) + supportProblems(old) + podLevelProblems(new, old)
        let moved = orderProblems(new, old)
        if !moved.isEmpty { return problems + moved }
        problems += removals(new, old)
        for (after, before) in pairs("containers", new, old) where isFixedPartChanged(after, before) {
            problems.append(.forbidden("spec", onlyComputing))
        }
        for (index, pair) in pairs("initContainers", new, old).enumerated() {
            problems += initProblems("spec.initContainers[\(index)]", pair.new, pair.old)
        }
        if problems.isEmpty, !hasAmounts(new), !hasAmounts(old), new["spec", "resources"] != old["spec", "resources"] {
            problems.append(.forbidden("spec", onlyComputing))
        }
        return problems
    }

    private static func qualityProblems(_ new: Object, _ old: Object) -> [FieldError] {
        let stored = old["status", "qosClass"]?.string.flatMap { QualityOfService(rawValue: $0) }
        guard (stored ?? QualityOfService.of(old)) != QualityOfService.of(new) else { return [] }
        return [
            .invalid(
                "spec", .string(new["status", "qosClass"]?.string ?? ""),
                "Pod QOS Class may not change as a result of resizing")
        ]
    }

    /// A node that can resize says what its running containers have.
    private static func supportProblems(_ old: Object) -> [FieldError] {
        let statuses = old["status", "containerStatuses"]?.array ?? []
        guard let running = statuses.first(where: { $0.at("state", "running") != nil }), running["resources"] == nil
        else { return [] }
        return [.forbidden("spec", "Pod running on node without support for resize")]
    }

    private static func podLevelProblems(_ new: Object, _ old: Object) -> [FieldError] {
        guard hasAmounts(new) || hasAmounts(old) else { return [] }
        let (after, before) = (new["spec", "resources"], old["spec", "resources"])
        if before != nil, after == nil {
            return [.forbidden("spec.resources", "pod-level resources cannot be removed")]
        }
        var problems = removals(of: "pod-level resource", at: "spec.resources", after, before)
        if after?["claims"] != before?["claims"] || areOtherAmountsChanged(after, before) {
            problems.append(.forbidden("spec", onlyComputing + " at pod-level"))
        }
        return problems
    }

    private static func orderProblems(_ new: Object, _ old: Object) -> [FieldError] {
        lists.flatMap { list -> [FieldError] in
            let (after, before) = (containers(new, list), containers(old, list))
            if after.count != before.count {
                return [.forbidden("spec.\(list)", "\(list) may not be added or removed on resize")]
            }
            return before.indices.filter { after[$0]["name"] != before[$0]["name"] }.map {
                .forbidden("spec.\(list)[\($0)].name", "\(list) may not be renamed or reordered on resize")
            }
        }
    }

    private static func removals(_ new: Object, _ old: Object) -> [FieldError] {
        ["initContainers", "containers"].flatMap { list in
            pairs(list, new, old).enumerated().flatMap { index, pair in
                removals(
                    of: "resource", at: "spec.\(list)[\(index)].resources", pair.new["resources"],
                    pair.old["resources"])
            }
        }
    }

    private static func removals(of what: String, at field: String, _ new: JSON?, _ old: JSON?) -> [FieldError] {
        ["requests", "limits"].filter { part in
            let kept = amounts(part, new)
            return amounts(part, old).keys.contains { kept[$0] == nil }
        }.map { .forbidden("\(field).\($0)", "\(what) \($0) cannot be removed") }
    }

    private static func initProblems(_ place: String, _ new: JSON, _ old: JSON) -> [FieldError] {
        var problems: [FieldError] = []
        if isFixedPartChanged(new, old) {
            problems.append(
                .forbidden(place, "only cpu and memory resources for init or sidecar containers are mutable"))
        }
        guard new["restartPolicy"] != "Always", isChanged(new, old) else { return problems }
        for policy in new["resizePolicy"]?.array ?? [] where policy["restartPolicy"] == "RestartContainer" {
            problems.append(
                .forbidden(
                    place,
                    "non-sidecar init containers with a resize policy of RestartContainer cannot be resized"))
        }
        return problems
    }

    // MARK: What is compared

    private static func containers(_ pod: Object, _ list: String) -> [JSON] { pod["spec", list]?.array ?? [] }

    private static func pairs(_ list: String, _ new: Object, _ old: Object) -> [(new: JSON, old: JSON)] {
        zip(containers(new, list), containers(old, list)).map { (new: $0, old: $1) }
    }

    /// As numbers: `1Gi` is `1073741824`.
    private static func amounts(_ part: String, _ resources: JSON?) -> [String: Quantity] {
        var found: [String: Quantity] = [:]
        for (name, value) in resources?[part]?.object ?? JSONObject() { found[name] = Quantity(json: value) }
        return found
    }

    private static func hasAmounts(_ pod: Object) -> Bool {
        ["requests", "limits"].contains { !amounts($0, pod["spec", "resources"]).isEmpty }
    }

    private static func areOtherAmountsChanged(_ new: JSON?, _ old: JSON?) -> Bool {
        func others(_ part: String, _ resources: JSON?) -> [String: Quantity] {
            amounts(part, resources).filter { !["cpu", "memory"].contains($0.key) }
        }
        return ["requests", "limits"].contains { others($0, new) != others($0, old) }
    }

    /// Upstream forgets a container's claims when it compares, so that one with claims is never the same.
    private static func isFixedPartChanged(_ new: JSON, _ old: JSON) -> Bool {
        new["resizePolicy"] != old["resizePolicy"] || old.at("resources", "claims")?.array?.isEmpty == false
            || areOtherAmountsChanged(new["resources"], old["resources"])
    }

    private static func isChanged(_ new: JSON, _ old: JSON) -> Bool {
        new["resizePolicy"] != old["resizePolicy"] || new.at("resources", "claims") != old.at("resources", "claims")
            || ["requests", "limits"].contains { amounts($0, new["resources"]) != amounts($0, old["resources"]) }
    }
}
