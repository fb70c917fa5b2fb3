import NIOCore
import Objects
import Registry
import Transport

/// A list without a limit, page by page at one revision: the next page is read when the socket has taken the one
/// before, so a list of any length holds one page in memory. On the event loop of its connection.
final class ListStream: Sendable {
    /// Rows a page. Objects of a usual size make half a megabyte of it.
    static let pageSize = 128

    private let registry: Registry
    private let route: ResourceRoute
    private let options: ListOptions
    private let exchange: any Exchange

    init(_ registry: Registry, _ route: ResourceRoute, _ options: ListOptions, _ exchange: any Exchange) {
        self.registry = registry
        self.route = route
        self.options = options
        self.exchange = exchange
    }

    /// What is asked for can be streamed: all of a collection, as stored.
    static func takes(_ shape: Negotiated, _ options: ListOptions) -> Bool {
        shape.representation == .object && shape.format == .json && !shape.isPretty && options.limit <= 0
            && options.continueToken.isEmpty
    }

    /// Answers; a short list as a whole.
    func start() throws(Status) {
        var items = ByteBuffer()
        let tail = try page("", into: &items)
        var first = ByteBuffer()
        first.writeString(
            "{\"kind\":\"\(route.kind.kind)List\",\"apiVersion\":\"\(route.kind.apiVersion)\","
                + "\"metadata\":{\"resourceVersion\":\"\(tail.revision)\"},\"items\":[")
        first.writeBuffer(&items)
        if tail.continueToken.isEmpty {
            first.writeStaticString("]}\n")
            var response = Answers.bytes(first, Negotiated())
            response.addWarnings(Deprecation.warning(route.kind).map { [$0] } ?? [])
            return exchange.send(response)
        }
        var head = ResponseHead(status: 200)
        head.headers.add("Content-Type", "application/json")
        head.headers.add("Cache-Control", "no-cache, private")
        exchange.begin(head)
        write(first, then: tail.continueToken)
    }

    private func write(_ bytes: ByteBuffer, then token: String) {
        let promise = exchange.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenSuccess { [self] in proceed(token) }
        exchange.write(bytes, promise: promise)
    }

    private func proceed(_ token: String) {
        var items = ByteBuffer()
        items.writeInteger(UInt8(ascii: ","))
        do throws(Status) {
            let tail = try page(token, into: &items)
            // The row behind the last page has gone from view by a selector: no comma may be left over.
            if items.readableBytes == 1 { items.clear() }
            if !tail.continueToken.isEmpty { return write(items, then: tail.continueToken) }
            items.writeStaticString("]}\n")
            exchange.write(items)
            exchange.end()
        } catch {
            // The status line is out; a list that is cut short must not look whole.
            exchange.abort()
        }
    }

    private func page(_ token: String, into buffer: inout ByteBuffer) throws(Status) -> ListTail {
        var options = options
        options.limit = Self.pageSize
        if token.isEmpty, !options.resourceVersion.isEmpty, options.resourceVersionMatch == nil {
            // A limit makes the version exact unless it is said what is meant.
            options.resourceVersionMatch = options.resourceVersion == "0" ? nil : .notOlderThan
        }
        if !token.isEmpty {
            options.continueToken = token
            options.resourceVersion = ""
            options.resourceVersionMatch = nil
        }
        var isFirst = true
        var items = ByteBuffer()
        let tail = try registry.visitPage(
            route.resource, namespace: route.namespace.isEmpty ? nil : route.namespace, options: options
        ) { value, revision in
            if !isFirst { items.writeInteger(UInt8(ascii: ",")) }
            isFirst = false
            Splice.writeItem(Array(value), revision: revision, to: &items)
        }
        buffer.writeBuffer(&items)
        return tail
    }
}
