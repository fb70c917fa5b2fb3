/// What may change in a pod (k8s.io/kubernetes, ValidatePodUpdate): images, deadlines, more tolerations, and while it is
/// gated where it may run.
enum PodUpdateRules {
    private static let message =
        "pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
        + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
        + "set to 1 if it was previously negative)"

    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        checkAnnotations(new, old, &errors)
        var allowed = new["spec"] ?? .null
        let before = old["spec"] ?? .null
        for field in ["containers", "initContainers"] {
            guard checkContainers(field, &allowed, before, &errors) else { return }
        }
        guard checkDeadline(allowed, before, &errors) else { return }
        checkTolerations(allowed, before, &errors)
        checkGates(allowed, before, &errors)
        if allowed == before { return }
        if (before["terminationGracePeriodSeconds"]?.integer ?? 0) < 0, allowed["terminationGracePeriodSeconds"] == 1 {
            allowed["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
        }
        for field in ["tolerations", "activeDeadlineSeconds", "schedulingGates"] { allowed[field] = before[field] }
        if !(before["schedulingGates"]?.array ?? []).isEmpty { placement(&allowed, before, &errors) }
        if allowed != before { errors.report(.forbidden("spec", message)) }
    }

    private static func checkAnnotations(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        func isFixed(_ key: String) -> Bool {
            key == "kubernetes.io/config.mirror" || key.hasPrefix("container.apparmor.security.beta.kubernetes.io/")
        }
        let (after, before) = (new.annotations, old.annotations)
        for key in Set(after.keys).union(before.keys).sorted() where isFixed(key) && after[key] != before[key] {
            let verb = before[key] == nil ? "add" : "remove or update"
            let what = key == "kubernetes.io/config.mirror" ? "mirror pod annotation" : "AppArmor annotations"
            errors.report(.forbidden("metadata.annotations[\(key)]", "may not \(verb) \(what)"))
        }
    }

    /// False: nothing else can be compared.
    private static func checkContainers(
        _ field: String, _ allowed: inout JSON, _ before: JSON, _ errors: inout [FieldError]
    ) -> Bool {
        let (new, old) = (allowed[field]?.array ?? [], before[field]?.array ?? [])
        if new.count != old.count {
            errors.report(.forbidden("spec.\(field)", "pod updates may not add or remove containers"))
            return false
        }
        for (index, container) in new.enumerated() {
            let image = container["image"]?.string ?? ""
            let place = "spec.\(field)[\(index)].image"
            if image.isEmpty { errors.report(.required(place)) }
            if image.first?.isWhitespace ?? false || image.last?.isWhitespace ?? false {
                errors.report(.invalid(place, .string(image), "must not have leading or trailing whitespace"))
            }
        }
        if !new.isEmpty {
            allowed[field] = .array(
                zip(new, old).map { container, old in
                    var container = container
                    container["image"] = old["image"]
                    return container
                })
        }
        return true
    }

    private static func checkDeadline(_ new: JSON, _ old: JSON, _ errors: inout [FieldError]) -> Bool {
        let before = old["activeDeadlineSeconds"]?.integer
        guard let after = new["activeDeadlineSeconds"]?.integer else {
            if before != nil {
                errors.report(
                    .invalid(
                        "spec.activeDeadlineSeconds", .null, "must not update from a positive integer to nil value"))
            }
            return true
        }
        if !(0...Int64(Int32.max)).contains(after) {
            errors.report(
                .invalid(
                    "spec.activeDeadlineSeconds", .integer(after), "must be between 0 and 2147483647, inclusive"))
            return false
        }
        if let before, before < after {
            errors.report(
                .invalid("spec.activeDeadlineSeconds", .integer(after), "must be less than or equal to previous value"))
            return false
        }
        return true
    }

    private static func checkTolerations(_ new: JSON, _ old: JSON, _ errors: inout [FieldError]) {
        let tolerations = Set((new["tolerations"]?.array ?? []).map(withoutTime))
        for toleration in old["tolerations"]?.array ?? [] where !tolerations.contains(withoutTime(toleration)) {
            errors.report(
                .forbidden(
                    "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"))
            return
        }
        errors.below("spec") { $0.each("tolerations", in: new.object ?? JSONObject(), SchedulingRules.toleration) }
    }

    private static func withoutTime(_ toleration: JSON) -> JSON {
        var toleration = toleration
        toleration["tolerationSeconds"] = nil
        return toleration
    }

    private static func checkGates(_ new: JSON, _ old: JSON, _ errors: inout [FieldError]) {
        let known = Set((old["schedulingGates"]?.array ?? []).compactMap { $0["name"] })
        for (index, gate) in (new["schedulingGates"]?.array ?? []).enumerated() {
            guard let name = gate["name"], !known.contains(name) else { continue }
            errors.report(
                .forbidden(
                    "spec.schedulingGates[\(index)].name",
                    "only deletion is allowed, but found new scheduling gate '\(name.string ?? "")'"))
        }
    }

    /// A pod that waits at a gate may be told more precisely where to go.
    private static func placement(_ allowed: inout JSON, _ before: JSON, _ errors: inout [FieldError]) {
        let selector = allowed["nodeSelector"]?.object ?? JSONObject()
        let wanted = MemberLookup(selector)
        if (before["nodeSelector"]?.object ?? JSONObject()).contains(where: { wanted[$0.key] != $0.value }) {
            errors.report(
                .invalid(
                    "spec.nodeSelector", .object(selector),
                    "only additions to spec.nodeSelector are allowed (no mutations or deletions)"))
        }
        allowed["nodeSelector"] = before["nodeSelector"]
        let required = [
            "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms",
        ]
        let (new, old) = (allowed.at(required)?.array ?? [], before.at(required)?.array ?? [])
        let field = "spec." + required.joined(separator: ".")
        if !old.isEmpty, new.count != old.count {
            errors.report(
                .invalid(
                    field, .array(new), "no additions/deletions to non-empty NodeSelectorTerms list are allowed"))
        } else if !old.isEmpty {
            for (index, pair) in zip(new, old).enumerated() where !isAddition(pair.0, to: pair.1) {
                errors.report(
                    .invalid("\(field)[\(index)]", pair.0, "only additions are allowed (no mutations or deletions)"))
            }
        }
        let affinity = before.at("affinity", "nodeAffinity")
        if before["affinity"] == nil, allowed.at("affinity", "podAffinity") == nil,
            allowed.at("affinity", "podAntiAffinity") == nil
        {
            allowed["affinity"] = nil
        } else {
            allowed.set(["affinity", "nodeAffinity"], affinity)
        }
    }

    private static func isAddition(_ new: JSON, to old: JSON) -> Bool {
        let fields = ["matchExpressions", "matchFields"]
        let isEmpty = fields.allSatisfy { (old[$0]?.array ?? []).isEmpty }
        return fields.allSatisfy { field in
            let (after, before) = (new[field]?.array ?? [], old[field]?.array ?? [])
            return isEmpty ? after.isEmpty : Array(after.prefix(before.count)) == before
        }
    }
}
