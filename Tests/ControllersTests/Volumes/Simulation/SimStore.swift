import Objects

@testable import Controllers

/// The store of the simulation: objects with revisions, compare-and-swap transactions, and a log of what happened for
/// observers that lag behind.
struct SimStore {
    struct Key: Hashable, Comparable {
        var kind: String
        var name: String
        static func < (left: Key, right: Key) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
    }
    struct Event {
        var kind: String
        var observation: BinderObservation
    }

    private(set) var objects: [Key: Object] = [:]
    private(set) var revision: Int64 = 1
    private(set) var log: [Event] = []
    private var lastUID = 0

    func object(_ kind: String, _ name: String) -> Object? { objects[Key(kind: kind, name: name)] }
    /// By name, so that a seed always means the same.
    func all(_ kind: String) -> [Object] {
        objects.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }.map(\.value)
    }

    mutating func create(_ object: Object) {
        guard self.object(object.kind, object.name) == nil else { return }
        var object = object
        lastUID += 1
        object.uid = "u\(lastUID)"
        revision += 1
        put(object)
    }

    mutating func change(_ kind: String, _ name: String, _ body: (inout Object) -> Void) {
        guard let before = object(kind, name) else { return }
        var object = before
        body(&object)
        guard object != before else { return }
        revision += 1
        put(object)
    }

    mutating func delete(_ kind: String, _ name: String) {
        guard let object = objects.removeValue(forKey: Key(kind: kind, name: name)) else { return }
        revision += 1
        log.append(Event(kind: kind, observation: Self.observation(object, isGone: true)))
    }

    /// All writes and guards, or nothing: nil.
    mutating func commit(_ decision: BindDecision) -> [Object]? {
        for write in decision.writes + decision.guards {
            guard let stored = object(write.object.kind, write.object.name),
                stored.resourceVersion == write.object.resourceVersion
            else { return nil }
        }
        revision += 1
        return decision.writes.map { put($0.object) }
    }

    /// Forgets events that every observer has seen.
    mutating func trimLog(_ count: Int) { log.removeFirst(count) }

    @discardableResult private mutating func put(_ object: Object) -> Object {
        var object = object
        object.resourceVersion = String(revision)
        objects[Key(kind: object.kind, name: object.name)] = object
        log.append(Event(kind: object.kind, observation: Self.observation(object, isGone: false)))
        return object
    }

    static func observation(_ object: Object, isGone: Bool) -> BinderObservation {
        switch object.kind {
        case "PersistentVolume": isGone ? .noVolume(object) : .volume(object)
        case "PersistentVolumeClaim": isGone ? .noClaim(object) : .claim(object)
        case "StorageClass": isGone ? .noStorageClass(object) : .storageClass(object)
        case "Node": isGone ? .noNode(object) : .node(object)
        default: isGone ? .noPod(object) : .pod(object)
        }
    }
}
