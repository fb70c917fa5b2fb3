import Objects

/// What turns the object as it is into the object that the manifest wants, as kubectl's client-side apply has it: what
/// the manifest says is set, what the last manifest said and this one does not is removed, and what others set stays
/// (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes).
enum ThreeWayDiff {
    /// A strategic merge patch by `shape`, or a JSON merge patch with `PatchShape.untyped`. Empty: nothing to do.
    static func patch(lastApplied: JSON?, wanted: JSON, current: JSON, shape: PatchShape) -> JSON {
        .object(
            diff(
                lastApplied?.object ?? JSONObject(), wanted.object ?? JSONObject(), current.object ?? JSONObject(),
                shape,
                retainsKeys: false))
    }

    private static func diff(
        _ last: JSONObject, _ wanted: JSONObject, _ current: JSONObject, _ shape: PatchShape, retainsKeys: Bool
    ) -> JSONObject {
        var patch = JSONObject()
        for (key, value) in wanted {
            guard let existing = current[key] else {
                if !value.isNull { patch[key] = value }
                continue
            }
            add(key, last[key], value, existing, shape.field(key), to: &patch)
        }
        for key in last.keys where wanted[key] == nil && current[key] != nil { patch[key] = .null }
        let retained = wanted.members.filter { !$0.value.isNull }.map(\.key).sorted()
        if retainsKeys, !retained.isEmpty, !patch.isEmpty || current.keys.contains(where: { wanted[$0] == nil }) {
            patch["$retainKeys"] = .array(retained.map { .string($0) })
        }
        return patch
    }

    private static func add(
        _ key: String, _ last: JSON?, _ wanted: JSON, _ current: JSON, _ field: PatchShape.Field,
        to patch: inout JSONObject
    ) {
        switch (wanted, current) {
        case (.object(let wantedObject), .object(let currentObject)) where !field.replacesObject:
            let inner = diff(
                last?.object ?? JSONObject(), wantedObject, currentObject, field.shape, retainsKeys: field.retainsKeys)
            if !inner.isEmpty { patch[key] = .object(inner) }
        case (.array(let wantedList), .array(let currentList)):
            addList(key, last?.array ?? [], wantedList, currentList, field, to: &patch)
        default:
            if wanted != current { patch[key] = wanted }
        }
    }

    private static func addList(
        _ key: String, _ last: [JSON], _ wanted: [JSON], _ current: [JSON], _ field: PatchShape.Field,
        to patch: inout JSONObject
    ) {
        switch field.list {
        case .replace:
            if wanted != current { patch[key] = .array(wanted) }
        case .merge(nil):
            addScalars(key, last, wanted, current, to: &patch)
        case .merge(let mergeKey?):
            guard isKeyed(wanted, mergeKey), isKeyed(current, mergeKey) else {
                // Elements that the key does not tell apart can only be replaced together.
                if wanted != current { patch[key] = .array(wanted + [["$patch": "replace"]]) }
                return
            }
            addObjects(key, mergeKey, last, wanted, current, field, to: &patch)
        }
    }

    private static func isKeyed(_ list: [JSON], _ key: String) -> Bool {
        let keys = list.map { $0[key] }
        return keys.allSatisfy { $0 != nil } && Set(keys).count == keys.count
    }

    private static func addScalars(
        _ key: String, _ last: [JSON], _ wanted: [JSON], _ current: [JSON], to patch: inout JSONObject
    ) {
        let added = wanted.filter { !current.contains($0) }
        let removed = last.filter { !wanted.contains($0) && current.contains($0) }
        if !removed.isEmpty { patch["$deleteFromPrimitiveList/\(key)"] = .array(removed) }
        if !added.isEmpty || !sameOrder(wanted, current) || !removed.isEmpty {
            patch["$setElementOrder/\(key)"] = .array(wanted)
        }
        if !added.isEmpty { patch[key] = .array(added) }
    }

    private static func addObjects(
        _ key: String, _ mergeKey: String, _ last: [JSON], _ wanted: [JSON], _ current: [JSON],
        _ field: PatchShape.Field,
        to patch: inout JSONObject
    ) {
        func element(_ list: [JSON], _ name: JSON?) -> JSON? { list.first { $0[mergeKey] == name } }
        var changes: [JSON] = []
        for item in wanted {
            guard let existing = element(current, item[mergeKey]) else {
                changes.append(item)
                continue
            }
            var change = diff(
                element(last, item[mergeKey])?.object ?? JSONObject(), item.object ?? JSONObject(),
                existing.object ?? JSONObject(), field.shape, retainsKeys: field.retainsKeys)
            guard !change.isEmpty else { continue }
            change[mergeKey] = item[mergeKey]
            changes.append(.object(change))
        }
        for item in last where element(wanted, item[mergeKey]) == nil && element(current, item[mergeKey]) != nil {
            changes.append(.object(JSONObject([("$patch", "delete"), (mergeKey, item[mergeKey] ?? .null)])))
        }
        let names = wanted.map { $0[mergeKey] ?? .null }
        if !changes.isEmpty || !sameOrder(names, current.map { $0[mergeKey] ?? .null }) {
            patch["$setElementOrder/\(key)"] = .array(names.map { .object(JSONObject([(mergeKey, $0)])) })
        }
        if !changes.isEmpty { patch[key] = .array(changes) }
    }

    /// Whether what both lists have stands in the same order in both.
    private static func sameOrder(_ wanted: [JSON], _ current: [JSON]) -> Bool {
        wanted.filter(current.contains) == current.filter(wanted.contains)
    }
}
