import NIOCore
import Objects
import Registry
import Transport

extension APIServer {
    /// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
    func watch(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let shape = try call.shape(transforms: true)
        // Streams are lines of JSON, which every client that watches takes.
        guard shape.format == .json else { throw .notAcceptable(["application/json"]) }
        let rendering = try Rendering(route.kind, shape, query, clock: registry.options.clock)
        let parameters = try WatchParameters(query, name: route.name, current: registry.revision)
        let writer = WatchWriter(rendering, shared: eventLines, eventLoop: call.exchange.eventLoop)
        let stream = WatchStream(call.exchange, writer, parameters)
        let registry = registry
        let open = { @Sendable (revision: Int64) throws(Status) -> StoredWatch in
            var options = parameters.options
            options.start = .after(revision)
            return try registry.openStoredWatch(
                route.resource, namespace: route.namespace.isEmpty ? nil : route.namespace, options: options,
                queued: { stream.queuedBytes }, handler: stream.receive)
        }
        do throws(Status) {
            switch parameters.options.start {
            case .after(let revision): stream.start(try open(revision))
            case .initialState: try stream.start(InitialState(registry, route, parameters.options), then: open)
            }
        } catch {
            // An old revision is told in the stream, as upstream's watch cache does; the client then lists again.
            guard error.code == 410 else { throw error }
            stream.start(nil)
            _ = stream.receive(.ended(error))
        }
        call.count(200)
    }
}

/// The query of a watch.
struct WatchParameters: Sendable {
    var options: WatchOptions
    var sendsBookmarks: Bool
    /// A bookmark marks the end of the initial state.
    var marksInitialEnd: Bool
    var timeoutSeconds: Int64

    init(_ query: Query, name: String, current: Int64) throws(Status) {
        try Self.validate(query)
        let version = query["resourceVersion"] ?? ""
        let revision = version.isEmpty ? 0 : try ResourceVersion.number(version)
        let initial = query.optionalFlag("sendInitialEvents")
        if revision > current { throw .tooLargeResourceVersion(revision, current: current) }
        let start: WatchOptions.Start =
            switch (initial, revision) {
            case (true?, _): .initialState
            case (false?, 0): .after(current)
            case (nil, 0): .initialState
            default: .after(revision)
            }
        var field = query["fieldSelector"] ?? ""
        if !name.isEmpty { field = "metadata.name=\(name)" + (field.isEmpty ? "" : ",\(field)") }
        options = WatchOptions(start, labelSelector: query["labelSelector"] ?? "", fieldSelector: field)
        sendsBookmarks = query.flag("allowWatchBookmarks")
        marksInitialEnd = initial == true && sendsBookmarks
        // Upstream spreads watches without a timeout over half an hour to an hour.
        let asked = try QueryOptions.integer(query, "timeoutSeconds") ?? 0
        _ = try QueryOptions.integer(query, "limit")
        timeoutSeconds = asked > 0 ? asked : Int64.random(in: 1800...3600)
    }

    private static func validate(_ query: Query) throws(Status) {
        let match = query["resourceVersionMatch"] ?? ""
        let field = "resourceVersionMatch"
        var problems: [FieldError] = []
        let sends = query["sendInitialEvents"] != nil
        if sends, match != "NotOlderThan" {
            problems.append(
                .forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
        }
        if !match.isEmpty {
            if !sends {
                problems.append(
                    .forbidden(
                        field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
            }
            if match != "NotOlderThan" { problems.append(.notSupported(field, .string(match), ["NotOlderThan"])) }
        }
        // Upstream fills both in for a watch from "any version" (SetListOptionsDefaults), and then finds them set.
        let isDefaulted = match.isEmpty && !sends && ["", "0"].contains(query["resourceVersion"] ?? "")
        if !match.isEmpty || isDefaulted, !(query["continue"] ?? "").isEmpty {
            problems.append(.forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
        }
        if !problems.isEmpty { throw .invalidOptions("ListOptions", problems) }
    }
}
