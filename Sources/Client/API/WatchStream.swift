package import Objects

/// What happened to one object.
package enum WatchEvent: Sendable {
    case added(Object)
    case modified(Object)
    case deleted(Object)
    /// Nothing happened up to this resourceVersion. `initialEventsEnd`: the objects that existed have all been sent.
    case bookmark(resourceVersion: String, initialEventsEnd: Bool)
    /// The server ends the watch; 410 means: list again.
    case error(Status)
}

/// How a watch begins.
package struct WatchQuery: Sendable, Hashable {
    package var labelSelector: String?
    package var fieldSelector: String?
    /// Events after this one. Nil: first the objects as they are now, as ADDED.
    package var resourceVersion: String?
    /// Seconds after which the server ends the watch; nil leaves it to the server.
    package var timeoutSeconds: Int?
    package var bookmarks: Bool

    package init(
        labelSelector: String? = nil, fieldSelector: String? = nil, resourceVersion: String? = nil,
        timeoutSeconds: Int? = nil, bookmarks: Bool = true
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.timeoutSeconds = timeoutSeconds
        self.bookmarks = bookmarks
    }

    var items: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = [("watch", "true")]
        if let labelSelector { items.append(("labelSelector", labelSelector)) }
        if let fieldSelector { items.append(("fieldSelector", fieldSelector)) }
        if let resourceVersion { items.append(("resourceVersion", resourceVersion)) }
        if let timeoutSeconds { items.append(("timeoutSeconds", String(timeoutSeconds))) }
        if bookmarks { items.append(("allowWatchBookmarks", "true")) }
        return items
    }
}

extension APIClient {
    /// Opens a watch. It ends when the server ends it or when its reader lets go of it.
    ///
    /// - Throws: `Status` (also 410 before the first event), `ClientError`, `CancellationError`
    package func watch(
        _ resource: APIResource, namespace: String? = nil, query: WatchQuery = .init(),
        accept: String = "application/json"
    ) async throws -> WatchStream {
        let uri = resource.path(namespace: namespace) + PercentEncoding.query(query.items)
        let body = try await streamed(APIRequest(.get, uri, headers: [("Accept", accept)], timeout: timeout))
        return WatchStream(body: body)
    }

    /// An answer's body as it arrives; an answer of 400 and above is thrown as a `Status`.
    package func streamed(_ request: APIRequest) async throws -> ResponseBody {
        let (response, body) = try await transport.stream(request)
        guard response.status >= 400 else { return body }
        var failed = response
        for try await part in body where failed.body.count < 1 << 20 { failed.body += part }
        throw Status(answer: failed)
    }
}

/// The events of a watch in the order of their revisions. To be read once.
package struct WatchStream: AsyncSequence, Sendable {
    package typealias Element = WatchEvent

    let body: ResponseBody

    package func makeAsyncIterator() -> Iterator { Iterator(body: body.makeAsyncIterator()) }

    package struct Iterator: AsyncIteratorProtocol {
        var body: ResponseBody.Iterator
        var lines = LineSplitter(limit: 32 << 20)

        /// - Throws: `ClientError` when the connection breaks or an event is malformed
        @concurrent package mutating func next() async throws -> WatchEvent? {
            while true {
                if let line = try lines.next() { return try WatchEvent(line: line) }
                guard let bytes = try await body.next() else { return nil }
                lines.append(bytes)
            }
        }
    }
}

extension WatchEvent {
    init(line: [UInt8]) throws {
        guard let json = try? JSONParser.parse(line), let type = json["type"]?.string, let object = json["object"]
        else {
            throw ClientError(
                .malformedAnswer, "a watch event is malformed: \(String(decoding: line.prefix(200), as: UTF8.self))")
        }
        switch type {
        case "ADDED": self = .added(Object(object))
        case "MODIFIED": self = .modified(Object(object))
        case "DELETED": self = .deleted(Object(object))
        case "BOOKMARK":
            let bookmark = Object(object)
            self = .bookmark(
                resourceVersion: bookmark.resourceVersion,
                initialEventsEnd: bookmark.annotation("k8s.io/initial-events-end") == "true")
        case "ERROR":
            self = .error(
                Status(json: object)
                    ?? Status(code: 500, reason: "Unknown", message: "the watch ended without a reason"))
        default: throw ClientError(.malformedAnswer, "a watch event has the unknown type \(type)")
        }
    }
}
