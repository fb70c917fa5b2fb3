/// What a value mentions, what changed between two, and what remains of one without some fields.
extension SchemaTypes {
    // MARK: Mentioned

    /// The fields that an applied configuration mentions.
    func fields(of value: JSON, _ shape: ApplyShape) -> FieldSet { mentioned(value, shape).below }

    private func mentioned(_ value: JSON, _ shape: ApplyShape) -> (itself: Bool, below: FieldSet) {
        var set = FieldSet()
        switch (shape, value) {
        case (.leaf, _): return (true, set)
        case (.object, .object(let object)), (.map, .object(let object)):
            for (key, child) in object {
                let found = mentioned(child, self.shape(ofMember: key, in: shape))
                let isNamed = if case .object(let index) = shape { types[index].index(of: key) != nil } else { false }
                let isEmpty = child.isNullLiteral || child.object?.isEmpty ?? false
                set.append(.field(key), isMember: found.itself || isEmpty || !isNamed, below: found.below)
            }
        case (.set, .array(let items)), (.list, .array(let items)):
            var seen: Set<PathElement> = []
            for item in items {
                guard let element = element(item, shape), seen.insert(element).inserted else { continue }
                set.append(element, isMember: true, below: mentioned(item, elementShape(shape)).below)
            }
        default: break
        }
        return (false, set)
    }

    // MARK: Changed

    struct Changes {
        var added = FieldSet()
        var modified = FieldSet()
        var removed = FieldSet()

        fileprivate mutating func take(_ element: PathElement, _ kind: Kind, _ below: Changes) {
            added.append(element, isMember: kind == .added, below: below.added)
            modified.append(element, isMember: kind == .modified, below: below.modified)
            removed.append(element, isMember: kind == .removed, below: below.removed)
        }
    }

    fileprivate enum Kind { case none, added, modified, removed }

    func changes(from old: JSON, to new: JSON, _ shape: ApplyShape) -> Changes { compare(old, new, shape).below }

    private func compare(_ old: JSON?, _ new: JSON?, _ shape: ApplyShape) -> (itself: Kind, below: Changes) {
        let itself: Kind = old == nil ? .added : new == nil ? .removed : .none
        if isLeaf(old, new, shape) {
            return (itself == .none && old != new ? .modified : itself, Changes())
        }
        var changes = Changes()
        switch shape {
        case .object, .map:
            let (left, right) = (old?.object ?? JSONObject(), new?.object ?? JSONObject())
            if itself == .none, left.isSameStorage(as: right) { return (.none, changes) }
            let (before, after) = (MemberLookup(left), MemberLookup(right))
            for (key, value) in left { take(key, value, after[key], shape, &changes) }
            for (key, value) in right where before[key] == nil { take(key, nil, value, shape, &changes) }
        default:
            let (left, right) = (grouped(old, shape), grouped(new, shape))
            for element in Set(left.keys).union(right.keys) {
                compareItems(element, left[element] ?? [], right[element] ?? [], shape, &changes)
            }
        }
        return (itself, changes)
    }

    private func take(
        _ key: String, _ old: JSON?, _ new: JSON?, _ shape: ApplyShape, _ changes: inout Changes
    ) {
        let found = compare(old, new, self.shape(ofMember: key, in: shape))
        changes.take(.field(key), found.itself, found.below)
    }

    /// Elements that occur more than once are compared as a whole.
    private func compareItems(
        _ element: PathElement, _ old: [JSON], _ new: [JSON], _ shape: ApplyShape, _ changes: inout Changes
    ) {
        if old.count <= 1, new.count <= 1 {
            let found = compare(old.first, new.first, elementShape(shape))
            changes.take(element, found.itself, found.below)
        } else if old != new {
            changes.take(element, old.isEmpty ? .added : new.isEmpty ? .removed : .modified, Changes())
        }
    }

    private func grouped(_ list: JSON?, _ shape: ApplyShape) -> [PathElement: [JSON]] {
        var groups: [PathElement: [JSON]] = [:]
        for item in list?.array ?? [] {
            if let element = element(item, shape) { groups[element, default: []].append(item) }
        }
        return groups
    }

    /// Two empty values are compared as such, so that empty and absent stay apart.
    func isLeaf(_ left: JSON?, _ right: JSON?, _ shape: ApplyShape) -> Bool {
        if shape == .leaf { return true }
        return (left?.isEmptyContainer ?? true) && (right?.isEmptyContainer ?? true)
    }

    // MARK: Without

    /// `value` without the fields of `gone`; nil if nothing remains. What is emptied and not gone itself stays, empty.
    func removing(_ gone: FieldSet, from value: JSON, _ shape: ApplyShape) -> JSON? {
        switch (shape, value) {
        case (.object, .object(let object)), (.map, .object(let object)):
            let lookup = FieldSet.Lookup(gone)
            let rest = object.members.compactMap { key, child -> JSONObject.Member? in
                guard let node = lookup[.field(key)] else { return (key, child) }
                if node.isMember { return nil }
                return (key, removing(node.below, from: child, self.shape(ofMember: key, in: shape)) ?? child.emptied)
            }
            return rest.isEmpty ? nil : .object(JSONObject(rest))
        case (.set, .array(let items)), (.list, .array(let items)):
            let lookup = FieldSet.Lookup(gone)
            let rest = items.compactMap { item -> JSON? in
                guard let element = element(item, shape), let node = lookup[element] else { return item }
                if node.isMember { return nil }
                return removing(node.below, from: item, elementShape(shape)) ?? item.emptied
            }
            return rest.isEmpty ? nil : .array(rest)
        case (.leaf, .object), (.leaf, .array): return nil
        default: return value
        }
    }

    /// Objects on the way to a path of the set belong to it too.
    func namedFieldsIncluded(_ set: FieldSet, _ shape: ApplyShape) -> FieldSet {
        set.mapped { node in
            var node = node
            if node.below.isEmpty { return node }
            var below = elementShape(shape)
            if case .field(let name) = node.element {
                if case .object(let index) = shape, types[index].index(of: name) != nil { node.isMember = true }
                below = self.shape(ofMember: name, in: shape)
            }
            node.below = namedFieldsIncluded(node.below, below)
            return node
        }
    }
}

extension JSON {
    fileprivate var emptied: JSON {
        switch self {
        case .object: .object(JSONObject())
        case .array: .array([])
        default: .null
        }
    }

    fileprivate var isEmptyContainer: Bool {
        switch self {
        case .null: true
        case .object(let object): object.isEmpty
        case .array(let elements): elements.isEmpty
        default: false
        }
    }
}
