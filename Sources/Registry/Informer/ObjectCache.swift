import Objects

/// Objects of one resource by name, with indexes. A value: no locks, no effects.
struct ObjectCache: Sendable {
    struct Name: Hashable, Sendable {
        var namespace: String
        var name: String
    }
    struct Change: Sendable {
        var old: Object?
        var new: Object?
    }
    private struct Index: Sendable {
        var function: Informer.IndexFunction
        var names: [String: Set<Name>] = [:]
    }

    private var objects: [Name: Object] = [:]
    private var indexes: [String: Index] = [:]

    mutating func addIndex(_ name: String, _ function: @escaping Informer.IndexFunction) {
        var index = Index(function: function)
        for (name, object) in objects {
            for value in function(object) { index.names[value, default: []].insert(name) }
        }
        indexes[name] = index
    }

    func get(_ namespace: String, _ name: String) -> Object? { objects[Name(namespace: namespace, name: name)] }

    func all() -> [Object] { Array(objects.values) }

    func indexed(_ index: String, _ value: String) -> [Object] {
        (indexes[index]?.names[value] ?? []).compactMap { objects[$0] }
    }

    /// Puts `object` in, or takes the one of its name out; returns the one that was there.
    mutating func set(_ object: Object, present: Bool) -> Object? {
        let name = Name(namespace: object.namespace, name: object.name)
        let old = objects[name]
        objects[name] = present ? object : nil
        // By keys: an index held here while it is changed would be copied whole for every event.
        for key in Array(indexes.keys) {
            guard let function = indexes[key]?.function else { continue }
            let before = old.map(function) ?? []
            let after = present ? function(object) : []
            if before == after { continue }
            for value in before {
                indexes[key]?.names[value]?.remove(name)
                if indexes[key]?.names[value]?.isEmpty == true { indexes[key]?.names[value] = nil }
            }
            for value in after { indexes[key]?.names[value, default: []].insert(name) }
        }
        return old
    }

    /// Makes `list` the whole content and returns what differs.
    mutating func replace(with list: [Object]) -> [Change] {
        var gone = objects
        var changes: [Change] = []
        for object in list {
            let name = Name(namespace: object.namespace, name: object.name)
            gone[name] = nil
            if objects[name]?.resourceVersion == object.resourceVersion { continue }
            changes.append(Change(old: set(object, present: true), new: object))
        }
        for object in gone.values { changes.insert(Change(old: set(object, present: false), new: nil), at: 0) }
        return changes
    }
}
