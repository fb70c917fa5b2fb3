import Client
import Objects

/// Waits until an object is gone, or another one has its name.
struct DeletionWaiter {
    private let client: APIClient
    private let deadline: ContinuousClock.Instant?

    /// - Parameter deadline: nil waits for ever.
    init(_ client: APIClient, deadline: ContinuousClock.Instant?) {
        self.client = client
        self.deadline = deadline
    }

    /// - Parameter uid: of the object that is waited for; empty: whichever has the name.
    func wait(_ resource: APIResource, namespace: String, name: String, uid: String) async throws {
        // Also when another object has used the time up: what is gone already is no failure.
        if try await find(resource, namespace, name, uid) == nil { return }
        let ended: Void? = try await Deadline.run(until: deadline) {
            while try await isThere(resource, namespace, name, uid) {}
        }
        guard ended != nil else {
            throw CommandFailure("error: timed out waiting for the condition on \(resource.resource)/\(name)")
        }
    }

    /// Returns false when it is gone, true after a change that leaves that open.
    private func isThere(_ resource: APIResource, _ namespace: String, _ name: String, _ uid: String) async throws
        -> Bool
    {
        guard let object = try await find(resource, namespace, name, uid) else { return false }
        let query = WatchQuery(fieldSelector: "metadata.name=\(name)", resourceVersion: object.resourceVersion)
        do {
            for try await event in try await client.watch(resource, namespace: namespace, query: query) {
                if case .deleted = event { return false }
                if case .error = event { return true }
            }
        } catch let error as ClientError where error.code == .disconnected {
            // A watch that breaks off says nothing about the object: look again.
        }
        return true
    }

    /// Nil: gone, or another one has its name.
    private func find(_ resource: APIResource, _ namespace: String, _ name: String, _ uid: String) async throws
        -> Object?
    {
        do {
            let object = try await client.get(resource, namespace: namespace, name: name)
            return uid.isEmpty || object.uid == uid ? object : nil
        } catch let status as Status where status.code == 404 {
            return nil
        }
    }
}

enum Deadline {
    /// Nil: the deadline passed first.
    static func run<Value: Sendable>(
        until deadline: ContinuousClock.Instant?, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        guard let deadline else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
