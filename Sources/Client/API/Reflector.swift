package import Objects

/// What a list that follows its resource tells, in the order of revisions.
package enum ReflectorChange: Sendable {
    /// All objects as they are now: at first, and again whenever the server no longer has the history in between.
    case listed([Object])
    case set(Object)
    case removed(Object)
    /// The server cannot be reached or refuses; it is asked again after `retryAfter`.
    case interrupted(any Error, retryAfter: Duration)
}

/// Lists a resource, then watches it from there for as long as its task runs: it resumes after a broken connection,
/// lists again when the server answers 410, and waits longer after each failure in a row.
package struct Reflector: Sendable {
    private let client: APIClient
    private let resource: APIResource
    private let namespace: String?
    private let query: ListQuery
    private static let longestWait: Duration = .seconds(5)

    package init(_ client: APIClient, _ resource: APIResource, namespace: String? = nil, query: ListQuery = .init()) {
        self.client = client
        self.resource = resource
        self.namespace = namespace
        self.query = query
    }

    /// Runs until the task is cancelled or `handle` throws.
    package func run(_ handle: (ReflectorChange) async throws -> Void) async throws {
        var position: String?
        var failures = 0
        while true {
            try Task.checkCancellation()
            do {
                if position == nil {
                    let list = try await client.list(resource, namespace: namespace, query: query)
                    position = list.resourceVersion
                    try await passOn(.listed(list.items), to: handle)
                }
                failures = 0
                position = try await follow(from: position ?? "", handle)
            } catch let error as HandlerFailure {
                throw error.cause
            } catch let error as CancellationError {
                throw error
            } catch {
                if (error as? Status)?.code == 410 { position = nil }
                failures += 1
                let wait = min(.milliseconds(50 * (1 << min(failures, 7))), Self.longestWait)
                try await handle(.interrupted(error, retryAfter: wait))
                try await Task.sleep(for: wait)
            }
        }
    }

    /// Passes on the events of one watch; the position to go on from, nil when a new list is needed.
    private func follow(from start: String, _ handle: (ReflectorChange) async throws -> Void) async throws -> String? {
        var position = start
        let watch = WatchQuery(
            labelSelector: query.labelSelector, fieldSelector: query.fieldSelector, resourceVersion: start)
        do {
            for try await event in try await client.watch(resource, namespace: namespace, query: watch) {
                switch event {
                case .added(let object), .modified(let object):
                    try await passOn(.set(object), to: handle)
                    position = object.resourceVersion
                case .deleted(let object):
                    try await passOn(.removed(object), to: handle)
                    position = object.resourceVersion
                case .bookmark(let resourceVersion, _):
                    position = resourceVersion
                case .error(let status):
                    if status.code == 410 { return nil }
                    throw status
                }
            }
        } catch let error as ClientError where error.code == .disconnected {
            // Resumed from the last event that was passed on.
        }
        return position
    }

    private func passOn(_ change: ReflectorChange, to handle: (ReflectorChange) async throws -> Void) async throws {
        do { try await handle(change) } catch { throw HandlerFailure(cause: error) }
    }

    /// Keeps the handler's errors apart from the connection's: they end the reflector.
    private struct HandlerFailure: Error { var cause: any Error }
}
