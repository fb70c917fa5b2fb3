package import Objects

extension Registry {
    /// `pods/binding`: assigns a pod to a node. Errors: 404, 409 (assigned already, being deleted), 500.
    package func bind(
        _ pod: ObjectKey, _ binding: Object, options: WriteOptions = WriteOptions(), by user: User
    ) async throws(Status) {
        let node = binding["target", "name"]?.string ?? ""
        var problems: [FieldError] = []
        let kind = binding["target", "kind"]?.string ?? ""
        if !kind.isEmpty, kind != "Node" {
            problems.append(.notSupported("target.kind", .string(kind), ["Node", "<empty>"]))
        }
        if node.isEmpty { problems.append(.required("target.name")) }
        // Upstream has no status for these.
        let texts = problems.map(\.description)
        if !texts.isEmpty { throw Status(code: 500, reason: "", message: texts.joined(separator: ", ")) }
        let annotations = binding.annotations
        let uid = binding.uid
        let now = self.options.clock()
        _ = try await update(pod, subresource: .binding, options: options, by: user) { old throws(Status) in
            try PodBinding.check(old, uid: uid, pod)
            var new = old
            new["spec", "nodeName"] = .string(node)
            for (key, value) in annotations.sorted(by: { $0.key < $1.key }) { new.setAnnotation(key, value) }
            PodBinding.setScheduled(&new, now)
            return new
        }
    }
}

private enum PodBinding {
    static func check(_ pod: Object, uid: String, _ key: ObjectKey) throws(Status) {
        if !uid.isEmpty, uid != pod.uid {
            throw .conflict(
                .pods, key.name,
                because: "Precondition failed: UID in precondition: \(uid), UID in object meta: \(pod.uid)")
        }
        if pod.isBeingDeleted {
            throw .conflict(
                ResourceName("pods/binding"), key.name,
                because: "pod \(key.name) is being deleted, cannot be assigned to a host")
        }
        if let node = pod["spec", "nodeName"]?.string, !node.isEmpty {
            throw .conflict(
                ResourceName("pods/binding"), key.name,
                because: "pod \(key.name) is already assigned to node \(GoQuote.quote(node))")
        }
        if pod["spec", "schedulingGates"]?.array?.isEmpty == false {
            throw .conflict(
                ResourceName("pods/binding"), key.name,
                because: "pod \(key.name) has non-empty .spec.schedulingGates")
        }
    }

    static func setScheduled(_ pod: inout Object, _ now: Timestamp) {
        var conditions = pod["status", "conditions"]?.array ?? []
        let scheduled: JSON = [
            "type": "PodScheduled", "status": "True", "lastProbeTime": nil, "lastTransitionTime": .string(now.rfc3339),
        ]
        if let index = conditions.firstIndex(where: { $0["type"] == "PodScheduled" }) {
            if conditions[index]["status"] != "True" { conditions[index] = scheduled }
        } else {
            conditions.append(scheduled)
        }
        pod["status", "conditions"] = .array(conditions)
    }
}
