package import Objects

/// A ControllerRevision read once.
package struct SetRevision: Sendable, Equatable {
    package let object: Object
    package let name: String
    package let number: Int64
    /// The recorded PodTemplateSpec, without the `$patch` directive.
    package let template: JSON

    package init(_ object: Object) {
        self.object = object
        name = object.name
        number = object["revision"]?.integer ?? 0
        var template = object["data", "spec", "template"] ?? [:]
        template["$patch"] = nil
        self.template = template
    }
}

/// The history of a set: which revision its pods have, which they should get, and what to do to the records
/// (upstream's pkg/controller/history and `getStatefulSetRevisions`).
package enum SetRevisions {
    package enum Decision: Sendable, Equatable {
        /// Both are on record.
        case use(current: SetRevision, update: SetRevision)
        /// The template is new: record it.
        case create(Object)
        /// The template is that of an older revision: it becomes the newest one again.
        case renumber(SetRevision, to: Int64)
    }

    /// - Parameter revisions: those that belong to the set, in any order.
    package static func decide(_ set: SetSpec, _ revisions: [SetRevision], collisionCount: Int) -> Decision {
        let sorted = sort(revisions)
        let template = set.object["spec", "template"] ?? [:]
        let wanted = normal(template)
        let next = number(after: sorted.last)
        guard let equal = sorted.last(where: { normal($0.template) == wanted }) else {
            return .create(revision(set, number: next, collisionCount: collisionCount))
        }
        // With the highest number there is it counts as the newest, whoever else has that number too.
        guard equal.name == sorted.last?.name || equal.number == next else { return .renumber(equal, to: next) }
        let recorded = set.object["status", "currentRevision"]?.string
        return .use(current: sorted.first { $0.name == recorded } ?? equal, update: equal)
    }

    /// Anybody can write a record with the highest number there is; no later one can be above it then.
    private static func number(after newest: SetRevision?) -> Int64 {
        let (next, isTooHigh) = (newest?.number ?? 0).addingReportingOverflow(1)
        return isTooHigh ? .max : next
    }

    /// A new record of the set's template.
    package static func revision(_ set: SetSpec, number: Int64, collisionCount: Int) -> Object {
        let data = patch(set)
        let hash = RevisionHash.hash(data, collisionCount: collisionCount)
        var labels = set.object["spec", "template", "metadata", "labels"]?.object ?? JSONObject()
        labels["controller.kubernetes.io/hash"] = .string(hash)
        var metadata: [JSONObject.Member] = [
            ("name", .string(RevisionHash.name(set.name, hash))), ("namespace", .string(set.namespace)),
            ("labels", .object(labels)),
        ]
        if let annotations = set.object["metadata", "annotations"]?.object, !annotations.isEmpty {
            metadata.append(("annotations", .object(annotations)))
        }
        var object = Object([
            "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": .object(JSONObject(metadata)),
            "data": data, "revision": .integer(number),
        ])
        object.setOwnerReferences([set.reference])
        return object
    }

    /// Whether a record found under the name of a new one is that new one already, made before a crash or by a lost
    /// race, or a collision of hashes.
    package static func isSameRecord(_ found: Object, as made: Object) -> Bool {
        normal(found["data"] ?? .null) == normal(made["data"] ?? .null)
    }

    /// The revisions beyond the history limit, oldest first. What a pod, the current or the update revision names is
    /// alive and does not count.
    package static func surplus(_ set: SetSpec, _ revisions: [SetRevision], live: Set<String>) -> [SetRevision] {
        let history = sort(revisions).filter { !live.contains($0.name) }
        guard set.revisionHistoryLimit >= 0 else { return [] }
        return Array(history.prefix(max(0, history.count - set.revisionHistoryLimit)))
    }

    package static func sort(_ revisions: [SetRevision]) -> [SetRevision] {
        revisions.sorted {
            ($0.number, $0.object.creationTimestamp, $0.name) < ($1.number, $1.object.creationTimestamp, $1.name)
        }
    }

    /// A strategic merge patch that puts the template back; the form in which upstream stores it.
    private static func patch(_ set: SetSpec) -> JSON {
        var template = set.object["spec", "template"] ?? [:]
        template["$patch"] = "replace"
        return ["spec": ["template": template]]
    }

    /// Without nulls and without the two empty structures that some writers of a template spell out and others leave
    /// out: a set must not roll because of them (kubernetes#135017). Other empty objects have a meaning, such as a
    /// selector that matches everything.
    private static func normal(_ json: JSON) -> JSON {
        switch json {
        case .object(let members):
            var kept: [JSONObject.Member] = []
            for (key, value) in members {
                let child = normal(value)
                let isOptional = key == "resources" || key == "securityContext"
                if child.isNull || (isOptional && child.object?.isEmpty == true) { continue }
                kept.append((key, child))
            }
            return .object(JSONObject(kept))
        case .array(let items): return .array(items.map(normal))
        default: return json
        }
    }
}
