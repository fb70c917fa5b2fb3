import Objects

/// The parts of a pod that are changed by ways of their own: `pods/ephemeralcontainers` and `pods/resize`. What else a
/// write to them says is dropped, as upstream drops it (k8s.io/kubernetes, pkg/registry/core/pod).
enum PodParts {
    /// The old pod with what this subresource may change; nil for every other subresource.
    static func take(_ subresource: Subresource?, from new: Object, over old: Object) -> Object? {
        switch subresource {
        case .ephemeralContainers:
            var pod = base(new, old)
            pod["spec", "ephemeralContainers"] = new["spec", "ephemeralContainers"]
            return pod
        case .resize: return PodResize.take(from: new, over: base(new, old))
        default: return nil
        }
    }

    /// Whose fields they are has been worked out on what was sent; a wrong UID is for the rules of metadata.
    private static func base(_ new: Object, _ old: Object) -> Object {
        var pod = old
        pod["metadata", "managedFields"] = new["metadata", "managedFields"]
        pod.resourceVersion = new.resourceVersion
        if !new.uid.isEmpty { pod.uid = new.uid }
        return pod
    }

    /// - Parameter known: what the rules for every pod have found.
    static func problems(
        _ subresource: Subresource?, _ new: Object, _ old: Object, after known: [FieldError]
    ) -> [FieldError] {
        switch subresource {
        case .ephemeralContainers: ephemeralProblems(new, old, known)
        case .resize: PodResize.problems(new, old, after: known)
        default: known
        }
    }

    /// Upstream shows the path of the pod itself as `[]`, and says nothing else of one that a file on the node makes.
    static func refusalOfStatic(_ pod: Object, _ why: String) -> [FieldError]? {
        pod.annotation("kubernetes.io/config.mirror") == nil ? nil : [.forbidden("[]", "static pods \(why)")]
    }

    private static func ephemeralProblems(_ new: Object, _ old: Object, _ known: [FieldError]) -> [FieldError] {
        if let refusal = refusalOfStatic(old, "do not support ephemeral containers") { return refusal }
        let named = (new["spec", "ephemeralContainers"]?.array ?? []).compactMap { container in
            container["name"]?.string.map { ($0, container) }
        }
        let kept = Dictionary(named, uniquingKeysWith: { first, _ in first })
        return known
            + (old["spec", "ephemeralContainers"]?.array ?? []).compactMap { container in
                let name = container["name"]?.string ?? ""
                guard let same = kept[name] else {
                    return .forbidden(
                        "spec.ephemeralContainers",
                        "existing ephemeral containers \(Status.quoted(name)) may not be removed")
                }
                guard same != container else { return nil }
                return .forbidden(
                    "spec.ephemeralContainers",
                    "existing ephemeral containers \(Status.quoted(name)) may not be changed")
            }
    }
}
