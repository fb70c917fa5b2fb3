import NIOCore
import Objects
import Registry

/// Counts requests and their durations by verb, resource and status.
final class RequestMetrics: Sendable {
    private struct Key: Hashable, Sendable {
        var verb: String
        var resource: String
        var status: Int
    }

    private struct Series: Sendable {
        var count = 0
        var seconds = 0.0
        var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count)
    }

    /// Upper bounds in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let series = Locked<[Key: Series]>([:])

    /// With HTTP/2 a method is whatever text the client likes; what is not one of these is counted as `other`.
    private static let verbs: Set = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "post", "put", "head",
        "options",
    ]

    func record(_ route: Route, _ method: String, _ query: Query?, status: Int, since started: NIODeadline) {
        var verb = method.lowercased()
        var resource = ""
        if case .resource(let route) = route {
            verb = AccessRequest.verb(method, route, query ?? Query())
            resource = route.resourceAndSubresource
        }
        let key = Key(verb: Self.verbs.contains(verb) ? verb : "other", resource: resource, status: status)
        let seconds = Double((NIODeadline.now() - started).nanoseconds) / 1e9
        series.withLock {
            var one = $0[key] ?? Series()
            one.count += 1
            one.seconds += seconds
            if let bucket = Self.bounds.firstIndex(where: { seconds <= $0 }) { one.buckets[bucket] += 1 }
            $0[key] = one
        }
    }

    /// Prometheus' text format.
    func text() -> String {
        let all = series.withLock { $0 }.sorted {
            ($0.key.resource, $0.key.verb, $0.key.status) < ($1.key.resource, $1.key.verb, $1.key.status)
        }
        var text =
            "# HELP apiserver_request_total Requests by verb, resource and status.\n# TYPE apiserver_request_total counter\n"
        for (key, one) in all { text += "apiserver_request_total{\(labels(key))} \(one.count)\n" }
        text += "# HELP apiserver_request_duration_seconds Time from the whole request to its answer.\n"
        text += "# TYPE apiserver_request_duration_seconds histogram\n"
        for (key, one) in all { text += histogram(key, one) }
        return text
    }

    private func histogram(_ key: Key, _ one: Series) -> String {
        var text = ""
        var sum = 0
        for (bound, count) in zip(Self.bounds, one.buckets) {
            sum += count
            text += "apiserver_request_duration_seconds_bucket{\(labels(key)),le=\"\(bound)\"} \(sum)\n"
        }
        text += "apiserver_request_duration_seconds_bucket{\(labels(key)),le=\"+Inf\"} \(one.count)\n"
        text += "apiserver_request_duration_seconds_sum{\(labels(key))} \(one.seconds)\n"
        return text + "apiserver_request_duration_seconds_count{\(labels(key))} \(one.count)\n"
    }

    private func labels(_ key: Key) -> String {
        "verb=\"\(key.verb.uppercased())\",resource=\"\(key.resource)\",code=\"\(key.status)\""
    }
}

/// The store's state as gauges.
enum StoreMetrics {
    static func text(_ registry: Registry) -> String {
        """
        # HELP berth_store_revision Newest revision.
        # TYPE berth_store_revision gauge
        berth_store_revision \(registry.revision)
        # HELP berth_store_compact_revision Reads below this revision fail.
        # TYPE berth_store_compact_revision gauge
        berth_store_compact_revision \(registry.compactRevision)

        """
    }
}
