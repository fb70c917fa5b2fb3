package import Client
package import Objects
import Synchronization

/// Events about pods and claims, in the background: written one after the other, counted up when they repeat, dropped
/// when the API is away for so long that too many wait.
package final class EventWriter: Sendable {
    private struct Entry: Sendable {
        var object: Object
        var fieldPath: String?
        var type: String
        var reason: String
        var message: String
        var time: WallTime
    }
    private struct Known {
        var name: String
        var count: Int64
    }

    private let component: String
    private let host: String
    private let queue: AsyncStream<Entry>.Continuation
    private let entries: Mutex<AsyncStream<Entry>?>

    package init(component: String, host: String) {
        self.component = component
        self.host = host
        let (stream, continuation) = AsyncStream<Entry>.makeStream(bufferingPolicy: .bufferingNewest(256))
        queue = continuation
        entries = Mutex(stream)
    }

    package func normal(_ object: Object, _ reason: String, _ message: String, fieldPath: String? = nil) {
        record(object, "Normal", reason, message, fieldPath)
    }

    package func warning(_ object: Object, _ reason: String, _ message: String, fieldPath: String? = nil) {
        record(object, "Warning", reason, message, fieldPath)
    }

    private func record(_ object: Object, _ type: String, _ reason: String, _ message: String, _ fieldPath: String?) {
        queue.yield(
            Entry(
                object: object, fieldPath: fieldPath, type: type, reason: reason,
                message: String(message.prefix(1024)), time: .now()))
    }

    /// Writes until the task is cancelled; to be called once.
    package func run(_ client: APIClient) async {
        guard let stream = entries.withLock({ $0.take() }) else { return }
        var known: [String: Known] = [:]
        for await entry in stream {
            if known.count > 1024 { known.removeAll() }
            let key = [entry.object.uid, entry.fieldPath ?? "", entry.reason, entry.message].joined(separator: "\u{0}")
            for attempt in 0..<5 {
                do {
                    known[key] = try await write(entry, known[key], client)
                    break
                } catch let status as Status where status.code == 404 && known[key] != nil {
                    known[key] = nil  // expired: it begins anew
                } catch is Status {
                    break  // its namespace is gone, or the server does not take it: an event is not worth more
                } catch {
                    try? await Task.sleep(for: .seconds(1 << min(attempt, 3)))
                }
            }
        }
    }

    private func write(_ entry: Entry, _ known: Known?, _ client: APIClient) async throws -> Known {
        let namespace = entry.object.namespace.isEmpty ? "default" : entry.object.namespace
        if let known {
            let key = ObjectKey(.events, namespace: namespace, name: known.name)
            let patch: JSON = [
                "count": .integer(known.count + 1), "lastTimestamp": .string(entry.time.description),
            ]
            _ = try await client.patch(key, patch: patch)
            return Known(name: known.name, count: known.count + 1)
        }
        let name = "\(entry.object.name).\(String(UInt64(bitPattern: entry.time.nanoseconds), radix: 16))"
        _ = try await client.create(Object(event(entry, name, namespace)), in: .events)
        return Known(name: name, count: 1)
    }

    private func event(_ entry: Entry, _ name: String, _ namespace: String) -> JSON {
        var involved: JSON = [
            "kind": .string(entry.object.kind), "apiVersion": .string(entry.object.apiVersion),
            "name": .string(entry.object.name), "uid": .string(entry.object.uid),
            "resourceVersion": .string(entry.object.resourceVersion),
        ]
        if !entry.object.namespace.isEmpty { involved["namespace"] = .string(entry.object.namespace) }
        if let path = entry.fieldPath { involved["fieldPath"] = .string(path) }
        return [
            "kind": "Event", "apiVersion": "v1",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "involvedObject": involved,
            "reason": .string(entry.reason), "message": .string(entry.message), "type": .string(entry.type),
            "source": ["component": .string(component), "host": .string(host)], "count": 1,
            "firstTimestamp": .string(entry.time.description), "lastTimestamp": .string(entry.time.description),
            "reportingComponent": .string(component), "reportingInstance": .string(host),
        ]
    }
}
