/// Keeps `metadata.managedFields` and merges what is applied
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
package struct FieldManager: Sendable {
    private let kind: KindSchema
    private let subresource: String
    private let types: SchemaTypes
    private let root: ApplyShape
    /// Nobody owns these.
    private static let stripped = FieldSet(
        paths: [["apiVersion"], ["kind"], ["metadata"]]
            + [
                "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields",
                "resourceVersion",
            ]
            .map { ["metadata", $0] })
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// `subresource`: `status`, `scale`, or empty for the object itself.
    package init(_ kind: KindSchema, subresource: String = "") {
        self.kind = kind
        self.subresource = subresource
        types = .builtin
        root = SchemaTypes.builtin.index(of: kind.root).map { .object($0) } ?? .leaf
    }

    /// What a write through this endpoint cannot change.
    private var ignored: FieldSet {
        switch subresource {
        case "": kind.hasStatus ? FieldSet(paths: [["status"]]) : FieldSet()
        case "status" where kind.kind == "VolumeAttachment": FieldSet(paths: [["metadata"], ["spec"]])
        case "status" where kind.kind == "Pod":
            FieldSet(paths: [["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"], ["spec"]])
        case "status": FieldSet(paths: [["spec"]])
        default: FieldSet()
        }
    }

    // MARK: Update

    /// Notes what a create, an update or a patch has changed. `live` is nil for a create. Both are in canonical form;
    /// `now` is RFC 3339 to the second.
    package func updated(_ new: Object, live: Object?, manager: String, now: String) -> Object {
        var managed = startingPoint(new, live)
        var result = new
        result["metadata", "managedFields"] = nil
        // An object that was never tracked stays untracked until somebody applies to it.
        if managed.entries.isEmpty, let live, !live.uid.isEmpty {
            return result
        }
        let changes = types.changes(from: (live.map(bare) ?? empty()).json, to: result.json, root)
        let taken = changes.modified.union(changes.added).subtractingTrees(ignored)
        if !managed.entries.isEmpty { take(taken, changes.removed.subtractingTrees(ignored), from: &managed) }
        let own = taken.subtracting(Self.stripped)
        if !own.isEmpty {
            let owner = ManagedFields.Owner(
                manager: manager, operation: "Update", apiVersion: kind.apiVersion, subresource: subresource)
            let set = managed.entries[owner].map { $0.set.union(own) } ?? own
            managed.entries[owner] = ManagedFields.Entry(set: set, apiVersion: kind.apiVersion, time: now)
            managed.capUpdaters()
        }
        result["metadata", "managedFields"] = managed.json
        return Object(result.json.withMetadataInOrder)
    }

    /// There can be thousands of owners, and as many fields.
    private func take(_ taken: FieldSet, _ removed: FieldSet, from managed: inout ManagedFields) {
        let (taken, removed) = (FieldSet.Index(taken), FieldSet.Index(removed))
        for (owner, entry) in managed.entries {
            let rest = entry.set.subtracting(taken).subtracting(removed)
            managed.entries[owner]?.set = rest
            if rest.isEmpty { managed.entries[owner] = nil }
        }
    }

    /// A client may send managedFields back, change them, or reset them with `[]` or `[{}]`; one that does not know
    /// them must not lose them.
    private func startingPoint(_ new: Object, _ live: Object?) -> ManagedFields {
        let known = ManagedFields(live?["metadata", "managedFields"])
        guard subresource.isEmpty, let sent = new["metadata", "managedFields"]?.array else { return known }
        if sent.isEmpty || sent == [.object(JSONObject())] { return ManagedFields(nil) }
        let given = ManagedFields(.array(sent))
        return given.entries.isEmpty ? known : given
    }

    // MARK: Apply

    /// Merges an applied configuration into `live` (nil: there is none yet). `applied` comes from
    /// `SchemaCatalog.decodeApplied`; the result is neither defaulted nor validated.
    /// Throws 400 for a configuration that cannot be applied, 409 with a cause a field for conflicts.
    package func applied(
        _ applied: Object, live: Object?, manager: String, force: Bool, now: String
    ) throws(Status) -> Object {
        guard applied["metadata", "managedFields"]?.array?.isEmpty ?? true else {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let before = live.map(bare) ?? empty()
        var managed = ManagedFields(live?["metadata", "managedFields"])
        if managed.entries.isEmpty, let live, !live.uid.isEmpty { managed = untracked(before, now) }
        let owner = ManagedFields.Owner(
            manager: manager, operation: "Apply", apiVersion: "", subresource: subresource)
        let last = managed.entries[owner]
        let merged: JSON
        do throws(ApplyFailure) {
            merged = try types.merged(before.json, applied.json, root) ?? before.json
        } catch {
            throw .unapplicable(applied, error.text)
        }
        let mentioned = types.fields(of: applied.json, root).subtractingTrees(ignored)
        managed.entries[owner] = ManagedFields.Entry(set: mentioned, apiVersion: kind.apiVersion, time: last?.time)
        let pruned = prune(merged, managed, last?.set)
        let changes = types.changes(from: before.json, to: pruned, root)
        try resolve(changes, owner, force: force, before, &managed)
        let own = mentioned.subtracting(Self.stripped)
        managed.entries[owner]?.set = own
        if own.isEmpty { managed.entries[owner] = nil }
        if pruned != before.json { managed.entries[owner]?.time = now }
        managed.capUpdaters()
        var result = Object(pruned)
        result["metadata", "managedFields"] = managed.json
        return Object(result.json.withMetadataInOrder)
    }

    /// Takes changed fields away from their owners, or refuses.
    private func resolve(
        _ changes: SchemaTypes.Changes, _ owner: ManagedFields.Owner, force: Bool, _ live: Object,
        _ managed: inout ManagedFields
    ) throws(Status) {
        let changed = FieldSet.Index(changes.modified.union(changes.added).subtractingTrees(ignored))
        let removed = FieldSet.Index(changes.removed.subtractingTrees(ignored))
        var conflicts: [(owner: ManagedFields.Owner, path: [PathElement])] = []
        let allowed = FieldSet.Index(owner.manager == "kubectl" ? ownedByClientSideApply(live) : FieldSet())
        for (other, entry) in managed.entries where other != owner {
            let contested = entry.set.intersection(changed)
            conflicts += contested.subtracting(allowed).paths.map { (owner: other, path: $0) }
            let rest = entry.set.subtracting(contested).subtracting(removed)
            managed.entries[other]?.set = rest
            if rest.isEmpty { managed.entries[other] = nil }
        }
        if !force, !conflicts.isEmpty { throw Self.conflict(conflicts) }
    }

    /// Removes what the manager applied before, does not apply now, and nobody else owns.
    private func prune(_ merged: JSON, _ managed: ManagedFields, _ last: FieldSet?) -> JSON {
        guard let last, !last.isEmpty else { return merged }
        let lastNamed = types.namedFieldsIncluded(last, root)
        let first = types.removing(lastNamed, from: merged, root) ?? .object(JSONObject())
        let everything = types.namedFieldsIncluded(types.fields(of: merged, root), root)
        let owned = FieldSet.union(of: managed.entries.values.map(\.set))
        let kept = types.namedFieldsIncluded(types.fields(of: first, root), root)
            .union(types.namedFieldsIncluded(owned, root))
        let second = types.removing(everything.subtracting(kept), from: merged, root) ?? .object(JSONObject())
        let rest = types.namedFieldsIncluded(types.fields(of: second, root), root)
        // What was there without the manager having owned it stays.
        let gone = everything.subtracting(rest).intersection(lastNamed)
        return types.removing(gone, from: merged, root) ?? .object(JSONObject())
    }

    /// An object that was written before anybody applied: all of it belongs to one updater.
    private func untracked(_ live: Object, _ now: String) -> ManagedFields {
        var managed = ManagedFields(nil)
        let changes = types.changes(from: empty().json, to: live.json, root)
        let set = changes.added.union(changes.modified).subtractingTrees(ignored).subtracting(Self.stripped)
        if set.isEmpty { return managed }
        let owner = ManagedFields.Owner(
            manager: "before-first-apply", operation: "Update", apiVersion: kind.apiVersion, subresource: "")
        managed.entries[owner] = ManagedFields.Entry(set: set, apiVersion: kind.apiVersion, time: now)
        return managed
    }

    /// Fields that `kubectl apply` without `--server-side` set and that still have its values: changing to server-side
    /// apply is no conflict.
    private func ownedByClientSideApply(_ live: Object) -> FieldSet {
        guard let text = live.annotation(Self.lastApplied), let json = try? JSONParser.parse(text),
            json["apiVersion"]?.string == kind.apiVersion
        else { return FieldSet() }
        let changes = types.changes(from: json, to: live.json, root)
        return types.fields(of: json, root).subtracting(changes.modified).subtracting(changes.added)
            .subtracting(changes.removed)
    }

    private static func conflict(
        _ conflicts: [(owner: ManagedFields.Owner, path: [PathElement])]
    ) -> Status {
        let shown = conflicts.map { (who: $0.owner.shown, path: $0.path.map(\.shown).joined()) }
            .sorted { ($0.who, $0.path) < ($1.who, $1.path) }
        let causes = shown.map {
            Status.Cause(reason: "FieldManagerConflict", message: "conflict with \($0.who)", field: $0.path)
        }
        if let only = shown.first, shown.count == 1 {
            return .applyConflict(causes, "Apply failed with 1 conflict: conflict with \(only.who): \(only.path)")
        }
        var lines: [String] = []
        for (index, conflict) in shown.enumerated() {
            if index == 0 || shown[index - 1].who != conflict.who { lines.append("conflicts with \(conflict.who):") }
            lines.append("- \(conflict.path)")
        }
        return .applyConflict(
            causes, "Apply failed with \(shown.count) conflicts: \(lines.joined(separator: "\n"))")
    }

    private func bare(_ object: Object) -> Object {
        var object = object
        object["metadata", "managedFields"] = nil
        return object
    }

    /// What upstream compares a new object with: one of the kind without anything in it.
    private func empty() -> Object {
        let json: JSON = ["kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion)]
        return Object(json.normalized(as: kind.root))
    }
}

extension JSON {
    /// managedFields are the last of the metadata in upstream's order too, but not what follows a deletion.
    fileprivate var withMetadataInOrder: JSON {
        guard let metadata = self["metadata"] else { return self }
        var json = self
        json["metadata"] = metadata.normalized(as: "ObjectMeta")
        return json
    }
}
