/// A set of paths: what a manager owns. A path can be in the set itself, lead to others, or both.
package struct FieldSet: Hashable, Sendable {
    package private(set) var members: Set<PathElement> = []
    package private(set) var children: [PathElement: FieldSet] = [:]

    package init() {}

    /// The paths of these names: `FieldSet(paths: [["metadata", "name"]])`
    init(paths: [[String]]) {
        for path in paths { insert(path.map { .field($0) }[...]) }
    }

    package var isEmpty: Bool { members.isEmpty && children.isEmpty }

    mutating func insert(_ element: PathElement) { members.insert(element) }

    /// What is below `element`; an empty set leaves no trace.
    mutating func setChild(_ element: PathElement, _ child: FieldSet) {
        children[element] = child.isEmpty ? nil : child
    }

    mutating func insert(_ path: ArraySlice<PathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        for (element, child) in other.children {
            result.children[element] = result.children[element].map { $0.union(child) } ?? child
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.intersection(other.members)
        for (element, child) in children {
            if let match = other.children[element] { result.setChild(element, child.intersection(match)) }
        }
        return result
    }

    /// The paths that `other` does not have; what is below a path of `other` stays.
    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, child) in children {
            result.setChild(element, other.children[element].map { child.subtracting($0) } ?? child)
        }
        return result
    }

    /// Without the paths of `other` and all below them.
    func subtractingTrees(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, child) in children where !other.members.contains(element) {
            result.setChild(element, other.children[element].map { child.subtractingTrees($0) } ?? child)
        }
        return result
    }

    func contains(_ path: ArraySlice<PathElement>) -> Bool {
        guard let first = path.first else { return false }
        if path.count == 1 { return members.contains(first) }
        return children[first]?.contains(path.dropFirst()) ?? false
    }

    /// Every path, in order.
    var paths: [[PathElement]] {
        Set(children.keys).union(members).sorted(by: PathElement.precedes).flatMap { element in
            (members.contains(element) ? [[element]] : [])
                + (children[element]?.paths.map { [element] + $0 } ?? [])
        }
    }
}

extension FieldSet {
    /// `fieldsV1`; nil if it is malformed.
    package init?(json: JSON) {
        guard let object = json.object else { return nil }
        for (key, value) in object where key != "." {
            guard let element = PathElement(key), let below = value.object else { return nil }
            if below.isEmpty || below["."] != nil { members.insert(element) }
            guard let child = FieldSet(json: value) else { return nil }
            setChild(element, child)
        }
    }

    package var json: JSON { .object(encoded(isMember: false)) }

    private func encoded(isMember: Bool) -> JSONObject {
        var out: [JSONObject.Member] = []
        if isMember, !isEmpty { out.append((".", .object(JSONObject()))) }
        for element in Set(children.keys).union(members).sorted(by: PathElement.precedes) {
            let child = children[element] ?? FieldSet()
            out.append((element.encoded, .object(child.encoded(isMember: members.contains(element)))))
        }
        return JSONObject(out)
    }
}
