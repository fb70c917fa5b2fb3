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
                if found.itself || isEmpty || !isNamed { set.insert(.field(key)) }
                set.setChild(.field(key), found.below)
            }
        case (.set, .array(let items)), (.list, .array(let items)):
            for item in items {
                guard let element = element(item, shape) else { continue }
                set.insert(element)
                set.setChild(element, mentioned(item, elementShape(shape)).below)
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
            switch kind {
            case .none: break
            case .added: added.insert(element)
            case .modified: modified.insert(element)
            case .removed: removed.insert(element)
            }
            added.setChild(element, below.added)
            modified.setChild(element, below.modified)
            removed.setChild(element, below.removed)
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
            let known = MemberTable(right)
            for (key, value) in left { take(key, value, known[key], shape, &changes) }
            let before = MemberTable(left)
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

    /// `value` without the fields of `gone`; nil if nothing remains.
    func removing(_ gone: FieldSet, from value: JSON, _ shape: ApplyShape) -> JSON? {
        switch (shape, value) {
        case (.object, .object(let object)), (.map, .object(let object)):
            let rest = object.members.compactMap { key, child -> JSONObject.Member? in
                if gone.members.contains(.field(key)) { return nil }
                guard let below = gone.children[.field(key)] else { return (key, child) }
                return removing(below, from: child, self.shape(ofMember: key, in: shape)).map { (key, $0) }
            }
            return rest.isEmpty ? nil : .object(JSONObject(rest))
        case (.set, .array(let items)), (.list, .array(let items)):
            let rest = items.compactMap { item -> JSON? in
                guard let element = element(item, shape) else { return item }
                if gone.members.contains(element) { return nil }
                guard let below = gone.children[element] else { return item }
                return removing(below, from: item, elementShape(shape))
            }
            return rest.isEmpty ? nil : .array(rest)
        case (.leaf, .object), (.leaf, .array): return nil
        default: return value
        }
    }

    /// Objects on the way to a path of the set belong to it too.
    func namedFieldsIncluded(_ set: FieldSet, _ shape: ApplyShape) -> FieldSet {
        var result = set
        for (element, child) in set.children {
            var below = elementShape(shape)
            if case .field(let name) = element {
                if case .object(let index) = shape, types[index].index(of: name) != nil { result.insert(element) }
                below = self.shape(ofMember: name, in: shape)
            }
            result.setChild(element, namedFieldsIncluded(child, below))
        }
        return result
    }
}

extension JSON {
    fileprivate var isEmptyContainer: Bool {
        switch self {
        case .null: true
        case .object(let object): object.isEmpty
        case .array(let elements): elements.isEmpty
        default: false
        }
    }
}
