import Objects

/// The parts of a pod that are changed by ways of their own: `pods/ephemeralcontainers` and `pods/resize`. What else a
/// write to them says is dropped, as upstream drops it (k8s.io/kubernetes, pkg/registry/core/pod).
enum PodParts {
    /// The old pod with what this subresource may change; nil for every other subresource.
    static func take(_ subresource: Subresource?, from new: Object, over old: Object) -> Object? {
        var pod = old
        // Whose fields they are has been worked out on what was sent.
        pod["metadata", "managedFields"] = new["metadata", "managedFields"]
        pod.resourceVersion = new.resourceVersion
        switch subresource {
        case .ephemeralContainers: pod["spec", "ephemeralContainers"] = new["spec", "ephemeralContainers"]
        case .resize:
            for field in ["containers", "initContainers"] { resize(&pod, field, new) }
        default: return nil
        }
        return pod
    }

    private static func resize(_ pod: inout Object, _ field: String, _ new: Object) {
        guard let old = pod["spec", field]?.array, !old.isEmpty else { return }
        let wanted = new["spec", field]?.array ?? []
        pod["spec", field] = .array(
            old.map { container in
                guard let same = wanted.first(where: { $0["name"] == container["name"] }) else { return container }
                var container = container
                container["resources"] = same["resources"]
                container["resizePolicy"] = same["resizePolicy"]
                return container
            })
    }

    static func problems(_ subresource: Subresource?, _ new: Object, _ old: Object) -> [FieldError] {
        switch subresource {
        case .ephemeralContainers: ephemeralProblems(new, old)
        case .resize: resizeProblems(new, old)
        default: []
        }
    }

    private static func ephemeralProblems(_ new: Object, _ old: Object) -> [FieldError] {
        let kept = new["spec", "ephemeralContainers"]?.array ?? []
        return (old["spec", "ephemeralContainers"]?.array ?? []).compactMap { container in
            let name = container["name"]?.string ?? ""
            guard let same = kept.first(where: { $0["name"]?.string == name }) else {
                return .forbidden(
                    "spec.ephemeralContainers",
                    "existing ephemeral containers \(Status.quoted(name)) may not be removed")
            }
            guard same != container else { return nil }
            return .forbidden(
                "spec.ephemeralContainers", "existing ephemeral containers \(Status.quoted(name)) may not be changed")
        }
    }

    private static func resizeProblems(_ new: Object, _ old: Object) -> [FieldError] {
        var problems: [FieldError] = []
        if QualityOfService.of(new) != QualityOfService.of(old) {
            problems.append(
                .invalid(
                    "spec", .string(QualityOfService.of(new).rawValue),
                    "Pod QOS Class may not change as a result of resizing"))
        }
        for field in ["containers", "initContainers"] {
            let pairs = zip(new["spec", field]?.array ?? [], old["spec", field]?.array ?? [])
            for (index, pair) in pairs.enumerated() where isFixedPartChanged(pair.0, pair.1) {
                problems.append(
                    .forbidden("spec.\(field)[\(index)].resources", "only cpu and memory resources are mutable"))
            }
        }
        return problems
    }

    private static func isFixedPartChanged(_ new: JSON, _ old: JSON) -> Bool {
        ["requests", "limits"].contains { part in
            func fixed(_ container: JSON) -> JSONObject {
                var amounts = container.at("resources", part)?.object ?? JSONObject()
                amounts["cpu"] = nil
                amounts["memory"] = nil
                return amounts
            }
            return fixed(new) != fixed(old)
        }
    }
}
