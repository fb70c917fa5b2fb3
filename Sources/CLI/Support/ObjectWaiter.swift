import Client
import Objects

/// Watches one object until something holds of it.
struct ObjectWaiter {
    var client: APIClient
    var resource: APIResource
    var namespace: String
    var name: String
    /// Nil waits for ever.
    var deadline: ContinuousClock.Instant?

    /// Calls `check` with the object as it is and after each of its changes (nil: there is none) until it returns true.
    ///
    /// - Returns: false if the deadline passed first.
    func wait(_ check: @escaping @Sendable (Object?) throws -> Bool) async throws -> Bool {
        try await Deadline.run(until: deadline) {
            while true {
                do {
                    if try await follow(check) { return true }
                } catch let error as ClientError where error.code == .disconnected {
                    // The watch broke off; if the daemon is gone, the next look says so.
                }
            }
        } ?? false
    }

    /// Once around: read, then watch until the watch ends.
    private func follow(_ check: @Sendable (Object?) throws -> Bool) async throws -> Bool {
        let query = ListQuery(fieldSelector: "metadata.name=\(name)")
        let list = try await client.list(resource, namespace: namespace, query: query)
        if try check(list.items.first) { return true }
        let watch = WatchQuery(fieldSelector: query.fieldSelector, resourceVersion: list.resourceVersion)
        for try await event in try await client.watch(resource, namespace: namespace, query: watch) {
            switch event {
            case .added(let object), .modified(let object): if try check(object) { return true }
            case .deleted: if try check(nil) { return true }
            case .bookmark: break
            case .error: return false
            }
        }
        return false
    }
}
