import Objects
import Registry

/// What a watch without a revision begins with: the objects that there are, page by page at one revision.
struct InitialState: Sendable {
    private let registry: Registry
    private let route: ResourceRoute
    private var options: ListOptions
    /// That of all pages; 0: none has been read.
    private(set) var revision: Int64 = 0
    /// No page follows.
    private(set) var isComplete = false

    init(_ registry: Registry, _ route: ResourceRoute, _ watch: WatchOptions) {
        self.registry = registry
        self.route = route
        options = ListOptions(
            labelSelector: watch.labelSelector, fieldSelector: watch.fieldSelector, limit: ListStream.pageSize)
    }

    /// The next page. Throws 400 for a bad selector and 410 if the revision has been compacted meanwhile.
    mutating func next() throws(Status) -> [StoredEvent] {
        var events: [StoredEvent] = []
        let tail = try registry.visitPage(
            route.resource, namespace: route.namespace.isEmpty ? nil : route.namespace, options: options
        ) { value, revision in
            events.append(StoredEvent(kind: .added, value: Array(value), revision: revision))
        }
        revision = tail.revision
        options.continueToken = tail.continueToken
        isComplete = tail.continueToken.isEmpty
        return events
    }
}
