package import Objects
package import Registry

/// What a controller has just written. Its caches must have come as far before it decides again, or it would make the
/// same decision twice.
package struct WrittenRevisions: Sendable {
    private var revisions: [ResourceName: Int64] = [:]

    package init() {}

    package var isEmpty: Bool { revisions.isEmpty }

    package mutating func note(_ resource: ResourceName, _ object: Object) {
        revisions[resource] = max(revisions[resource] ?? 0, Int64(object.resourceVersion) ?? 0)
    }

    package mutating func merge(_ other: WrittenRevisions) {
        revisions.merge(other.revisions) { max($0, $1) }
    }

    package func wereSeen(by informers: [Informer]) -> Bool {
        informers.allSatisfy { $0.revision >= revisions[$0.resource] ?? 0 }
    }
}
