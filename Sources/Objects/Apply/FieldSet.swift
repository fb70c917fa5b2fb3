/// A set of paths: what a manager owns. A path can be in the set itself, lead to others, or both.
///
/// Most levels have a handful of elements, so they are searched one by one; where there are many, each operation makes
/// a table first.
package struct FieldSet: Sendable {
    struct Node: Sendable {
        var element: PathElement
        var isMember: Bool
        var below = FieldSet()

        var isEmpty: Bool { !isMember && below.isEmpty }
    }

    /// Each element once, in any order; none is empty.
    private(set) var nodes: [Node] = []
    fileprivate static let few = 16

    package init() {}

    /// The paths of these names: `FieldSet(paths: [["metadata", "name"]])`
    init(paths: [[String]]) {
        for path in paths { insert(path.map { .field($0) }[...]) }
    }

    package var isEmpty: Bool { nodes.isEmpty }

    /// For an element that the set does not have yet.
    mutating func append(_ element: PathElement, isMember: Bool, below: FieldSet) {
        if isMember || !below.isEmpty { nodes.append(Node(element: element, isMember: isMember, below: below)) }
    }

    private mutating func insert(_ path: ArraySlice<PathElement>) {
        guard let first = path.first else { return }
        let index = nodes.firstIndex { $0.element == first } ?? nodes.count
        if index == nodes.count { nodes.append(Node(element: first, isMember: false)) }
        if path.count == 1 { nodes[index].isMember = true } else { nodes[index].below.insert(path.dropFirst()) }
    }

    /// Every path, in order.
    var paths: [[PathElement]] {
        sorted.flatMap { node in
            (node.isMember ? [[node.element]] : []) + node.below.paths.map { [node.element] + $0 }
        }
    }

    private var sorted: [Node] { nodes.sorted { PathElement.precedes($0.element, $1.element) } }
}

// MARK: Sets

/// What a set is met with, or taken from: what it has for an element.
private protocol FieldFinder {
    var isEmpty: Bool { get }
    func find(_ element: PathElement) -> (isMember: Bool, below: Self)?
}

extension FieldSet {
    /// Finds the nodes of a set, in constant time where there are many.
    struct Lookup: FieldFinder {
        let nodes: [Node]
        var table: [PathElement: Int] = [:]

        init(_ set: FieldSet) {
            nodes = set.nodes
            if nodes.count > FieldSet.few {
                table.reserveCapacity(nodes.count)
                for (index, node) in nodes.enumerated() { table[node.element] = index }
            }
        }

        func index(_ element: PathElement) -> Int? {
            table.isEmpty ? nodes.firstIndex { $0.element == element } : table[element]
        }

        subscript(element: PathElement) -> Node? { index(element).map { nodes[$0] } }

        var isEmpty: Bool { nodes.isEmpty }

        func find(_ element: PathElement) -> (isMember: Bool, below: Lookup)? {
            self[element].map { ($0.isMember, Lookup($0.below)) }
        }
    }

    /// A set that is taken from many others, or met with them: its tables are made once.
    struct Index: FieldFinder {
        private var entries: [PathElement: (isMember: Bool, below: Index)] = [:]

        init(_ set: FieldSet) {
            entries.reserveCapacity(set.nodes.count)
            for node in set.nodes { entries[node.element] = (node.isMember, Index(node.below)) }
        }

        var isEmpty: Bool { entries.isEmpty }

        func find(_ element: PathElement) -> (isMember: Bool, below: Index)? { entries[element] }
    }

    /// All of them together, in pairs: one by one, the growing set would be gone through each time.
    static func union(of sets: [FieldSet]) -> FieldSet {
        if sets.count <= 1 { return sets.first ?? FieldSet() }
        let middle = sets.count / 2
        return union(of: Array(sets[..<middle])).union(union(of: Array(sets[middle...])))
    }

    func union(_ other: FieldSet) -> FieldSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        var result = self
        let lookup = Lookup(self)
        for node in other.nodes {
            if let index = lookup.index(node.element) {
                result.nodes[index].isMember = result.nodes[index].isMember || node.isMember
                result.nodes[index].below = result.nodes[index].below.union(node.below)
            } else {
                result.nodes.append(node)
            }
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet { isEmpty ? self : intersection(with: Lookup(other)) }
    func intersection(_ other: Index) -> FieldSet { intersection(with: other) }

    private func intersection(with other: some FieldFinder) -> FieldSet {
        var result = FieldSet()
        if other.isEmpty { return result }
        for node in nodes {
            guard let match = other.find(node.element) else { continue }
            result.append(
                node.element, isMember: node.isMember && match.isMember,
                below: node.below.intersection(with: match.below))
        }
        return result
    }

    /// The paths that `other` does not have; what is below a path of `other` stays.
    func subtracting(_ other: FieldSet) -> FieldSet { isEmpty ? self : subtracting(Lookup(other), trees: false) }
    func subtracting(_ other: Index) -> FieldSet { subtracting(other, trees: false) }

    /// Without the paths of `other` and all below them.
    func subtractingTrees(_ other: FieldSet) -> FieldSet { isEmpty ? self : subtracting(Lookup(other), trees: true) }

    private func subtracting(_ other: some FieldFinder, trees: Bool) -> FieldSet {
        if other.isEmpty { return self }
        var result = FieldSet()
        for node in nodes {
            guard let match = other.find(node.element) else {
                result.nodes.append(node)
                continue
            }
            if trees, match.isMember { continue }
            result.append(
                node.element, isMember: node.isMember && !match.isMember,
                below: node.below.subtracting(match.below, trees: trees))
        }
        return result
    }

    /// The same set with each node replaced.
    func mapped(_ transform: (Node) -> Node) -> FieldSet {
        var result = FieldSet()
        for node in nodes {
            let changed = transform(node)
            result.append(changed.element, isMember: changed.isMember, below: changed.below)
        }
        return result
    }
}

extension FieldSet: Hashable {
    package static func == (left: FieldSet, right: FieldSet) -> Bool {
        guard left.nodes.count == right.nodes.count else { return false }
        let lookup = Lookup(right)
        return left.nodes.allSatisfy { node in
            lookup[node.element].map { $0.isMember == node.isMember && $0.below == node.below } ?? false
        }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(nodes.count) }
}

// MARK: JSON

extension FieldSet {
    /// `fieldsV1`; nil if it is malformed.
    package init?(json: JSON) {
        guard let object = json.object else { return nil }
        for (key, value) in object where key != "." {
            guard let element = PathElement(key), let members = value.object, let below = FieldSet(json: value) else {
                return nil
            }
            append(element, isMember: members.isEmpty || members["."] != nil, below: below)
        }
    }

    package var json: JSON { .object(encoded(isMember: false)) }

    private func encoded(isMember: Bool) -> JSONObject {
        var out: [JSONObject.Member] = []
        out.reserveCapacity(nodes.count + 1)
        if isMember, !isEmpty { out.append((".", .object(JSONObject()))) }
        for node in sorted {
            out.append((node.element.encoded, .object(node.below.encoded(isMember: node.isMember))))
        }
        return JSONObject(out)
    }
}
