/// Strategic merge patch: lists are merged by the keys that the schema tables name
/// (https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
package struct StrategicMergePatch: Sendable {
    private let types: SchemaTypes

    package init(types: SchemaTypes = .builtin) { self.types = types }

    /// Throws 400 for a patch that is malformed.
    package func apply(_ patch: JSON, to target: JSON, as kind: KindSchema) throws(Status) -> JSON {
        if patch.isNull { return target }
        guard let original = target.object, let changes = patch.object else {
            throw .badRequest("json: cannot unmarshal \(patch.goKind) into Go value of type map[string]interface {}")
        }
        return .object(try merge(changes, into: original, types.index(of: kind.root).map { .object($0) }))
    }

    private static let directive = "$patch"
    private static let retainKeys = "$retainKeys"
    private static let elementOrder = "$setElementOrder/"
    private static let deletions = "$deleteFromPrimitiveList/"

    // MARK: Objects

    private func merge(
        _ patch: JSONObject, into original: JSONObject, _ type: ValueType?
    ) throws(Status) -> JSONObject {
        switch patch[Self.directive]?.string {
        case "replace": return dropDirectives(patch)
        case "delete": return JSONObject()
        case nil: break
        case let other?: throw Self.failure("unknown patch type: \(other) in map: \(text(.object(patch)))")
        }
        var changes = MemberTable(patch)
        changes[Self.directive] = nil
        var result = MemberTable(try retained(original, &changes))
        for (key, order) in patch where key.hasPrefix(Self.elementOrder) {
            changes[key] = nil
            let list = String(key.dropFirst(Self.elementOrder.count))
            try mergeOrdered(list, order, &changes, &result, type)
        }
        for (key, value) in changes.object { try mergeMember(key, value, &result, type) }
        return result.object
    }

    private func mergeMember(
        _ key: String, _ value: JSON, _ result: inout MemberTable, _ type: ValueType?
    ) throws(Status) {
        if key.hasPrefix(Self.deletions) {
            let list = String(key.dropFirst(Self.deletions.count))
            guard let known = result[list]?.array, let gone = value.array.map({ Set($0) }) else { return }
            result[list] = .array(known.filter { !gone.contains($0) })
            return
        }
        let field = self.field(key, type)
        switch (result[key], value) {
        case (_, .null): result[key] = nil
        case (.object(let original), .object(let patch)):
            result[key] = .object(try merge(patch, into: original, field?.type))
        case (.array(let original), .array(let patch)):
            guard case .merge(let mergeKey) = field?.patch else {
                result[key] = undirected(value)
                return
            }
            let merged = try mergeList(patch, into: original, mergeKey, field?.type.elementType)
            result[key] = .array(ordered(merged, as: patch, server: original, mergeKey))
        default: result[key] = undirected(value)
        }
    }

    /// `$retainKeys`: only these members of the original stay.
    private func retained(_ original: JSONObject, _ changes: inout MemberTable) throws(Status) -> JSONObject {
        guard let list = changes[Self.retainKeys] else { return original }
        changes[Self.retainKeys] = nil
        let keys = Set((list.array ?? []).compactMap(\.string))
        for (key, value) in changes.object where !key.hasPrefix("$") && !value.isNullLiteral && !keys.contains(key) {
            var status = Self.failure("patch content doesn't match retainKeys list: \(key) is missing")
            (status.code, status.reason) = (422, "Invalid")
            throw status
        }
        return JSONObject(original.members.filter { keys.contains($0.key) })
    }

    /// Upstream has no status for these.
    private static func failure(_ message: String) -> Status { Status(code: 500, reason: "", message: message) }

    // MARK: Lists

    private func mergeOrdered(
        _ key: String, _ order: JSON, _ changes: inout MemberTable, _ result: inout MemberTable, _ type: ValueType?
    ) throws(Status) {
        guard let order = order.array, case .merge(let mergeKey)? = field(key, type)?.patch else {
            throw .badRequest("$setElementOrder/\(key) is for lists that are merged")
        }
        let original = result[key]?.array
        let patch = changes[key]?.array
        if original == nil, patch == nil { return }
        changes[key] = nil
        try checkOrder(of: patch ?? [], order, mergeKey, key)
        let merged = try mergeList(patch ?? [], into: original ?? [], mergeKey, field(key, type)?.type.elementType)
        result[key] = .array(ordered(merged, as: order, server: original ?? [], mergeKey))
    }

    /// The patch's elements must appear in the order list, in its order.
    private func checkOrder(
        of patch: [JSON], _ order: [JSON], _ mergeKey: String?, _ key: String
    ) throws(Status) {
        var next = 0
        for element in patch where element[Self.directive] == nil {
            let identity = identity(element, mergeKey)
            while next < order.count, self.identity(order[next], mergeKey) != identity { next += 1 }
            if next == order.count {
                throw Self.failure("The order in patch list doesn't match $setElementOrder list of \(key)")
            }
            next += 1
        }
    }

    private func mergeList(
        _ patch: [JSON], into original: [JSON], _ mergeKey: String?, _ element: ValueType?
    ) throws(Status) -> [JSON] {
        guard let mergeKey else {
            var seen = Set<JSON>()
            return (original + patch).filter { seen.insert($0).inserted }
        }
        if patch.contains(where: { $0[Self.directive]?.string == "replace" }) {
            return patch.filter { $0[Self.directive] == nil }.map { dropDirectives($0) }
        }
        var result = original
        var places: [JSON: Int] = [:]
        for (index, item) in result.enumerated() { places[item[mergeKey] ?? .null] = index }
        var gone = Set<JSON>()
        for item in patch {
            guard let changes = item.object, let identity = changes[mergeKey] else {
                throw Self.failure("map: \(text(item)) does not contain declared merge key: \(mergeKey)")
            }
            switch changes[Self.directive]?.string {
            case nil: break
            case "delete":
                gone.insert(identity)
                continue
            case "merge": throw Self.failure("merging lists cannot yet be specified in the patch")
            case let other?: throw Self.failure("unknown patch type: \(other) in map: \(text(item))")
            }
            if let index = places[identity], let known = result[index].object, !gone.contains(identity) {
                result[index] = .object(try merge(changes, into: known, element))
            } else {
                places[identity] = result.count
                result.append(dropDirectives(item))
            }
        }
        // A deletion concerns what was there, not what the same patch adds.
        return result.enumerated().filter { index, item in
            index >= original.count || !gone.contains(item[mergeKey] ?? .null)
        }.map(\.element)
    }

    /// The elements named by `order` come in its order; the others keep their place relative to the server's list.
    private func ordered(_ merged: [JSON], as order: [JSON], server: [JSON], _ mergeKey: String?) -> [JSON] {
        let wanted = ranks(order, mergeKey)
        let known = ranks(server, mergeKey)
        let named = merged.filter { wanted[identity($0, mergeKey)] != nil }
            .enumerated().sorted { left, right in
                let ranks = (
                    wanted[identity(left.element, mergeKey)] ?? 0, wanted[identity(right.element, mergeKey)] ?? 0
                )
                return ranks.0 == ranks.1 ? left.offset < right.offset : ranks.0 < ranks.1
            }.map(\.element)
        let others = merged.filter { wanted[identity($0, mergeKey)] == nil }
        return interleaved(others, named, known, mergeKey)
    }

    private func interleaved(_ left: [JSON], _ right: [JSON], _ server: [JSON: Int], _ mergeKey: String?) -> [JSON] {
        var out: [JSON] = []
        var (leftIndex, rightIndex) = (0, 0)
        while leftIndex < left.count, rightIndex < right.count {
            let ranks = (server[identity(left[leftIndex], mergeKey)], server[identity(right[rightIndex], mergeKey)])
            if let first = ranks.0, let second = ranks.1, first < second {
                out.append(left[leftIndex])
                leftIndex += 1
            } else {
                out.append(right[rightIndex])
                rightIndex += 1
            }
        }
        return out + left[leftIndex...] + right[rightIndex...]
    }

    private func ranks(_ list: [JSON], _ mergeKey: String?) -> [JSON: Int] {
        Dictionary(list.enumerated().map { (identity($1, mergeKey), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func identity(_ element: JSON, _ mergeKey: String?) -> JSON {
        mergeKey.flatMap { element[$0] } ?? element
    }

    // MARK: Schema and directives

    private func field(_ name: String, _ type: ValueType?) -> FieldSchema? {
        guard case .object(let index)? = type else { return nil }
        return types.types[index].field(name)
    }

    /// What is new in the document; nil for what only a directive was about.
    private func undirected(_ value: JSON) -> JSON? {
        if case .object(let object) = value, object[Self.directive] != nil { return nil }
        return dropDirectives(value)
    }

    /// Without nulls and without directives.
    private func dropDirectives(_ value: JSON) -> JSON {
        switch value {
        case .object(let object): .object(dropDirectives(object))
        case .array(let elements):
            .array(elements.filter { $0[Self.directive] == nil }.map { dropDirectives($0) })
        default: value
        }
    }

    private func dropDirectives(_ object: JSONObject) -> JSONObject {
        var members: [JSONObject.Member] = []
        for (key, value) in object.members where !value.isNullLiteral {
            if key == Self.directive || key == Self.retainKeys || key.hasPrefix(Self.elementOrder)
                || key.hasPrefix(Self.deletions)
            {
                continue
            }
            if let value = undirected(value) { members.append((key, value)) }
        }
        return JSONObject(members)
    }

    private func text(_ value: JSON) -> String { String(decoding: JSONEncoder.encode(value), as: UTF8.self) }
}

extension ValueType {
    var elementType: ValueType? {
        switch self {
        case .list(let element), .map(let element): element
        default: nil
        }
    }
}
