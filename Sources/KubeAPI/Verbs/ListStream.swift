import Gzip
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
    /// The client takes compressed answers, if they are long.
    private let acceptsGzip: Bool

    init(
        _ registry: Registry, _ route: ResourceRoute, _ options: ListOptions, _ exchange: any Exchange,
        acceptsGzip: Bool
    ) {
        self.registry = registry
        self.route = route
        self.options = options
        self.exchange = exchange
        self.acceptsGzip = acceptsGzip
    }

    /// What is asked for can be streamed: all of a collection, as stored.
    static func takes(_ shape: Negotiated, _ options: ListOptions) -> Bool {
        shape.representation == .object && shape.format == .json && !shape.isPretty && options.limit <= 0
            && options.continueToken.isEmpty
    }

    /// Answers; a short list as a whole.
    func start() throws(Status) {
        var items = ByteBuffer()
        var tail = try page("", into: &items)
        var first = ByteBuffer()
        first.writeString(
            "{\"kind\":\"\(route.kind.kind)List\",\"apiVersion\":\"\(route.kind.apiVersion)\","
                + "\"metadata\":{\"resourceVersion\":\"\(tail.revision)\"},\"items\":[")
        first.writeBuffer(&items)
        // Whether it is long enough to be compressed must be known before the head leaves.
        while acceptsGzip, !tail.continueToken.isEmpty, first.readableBytes <= Compression.threshold {
            tail = try next(tail.continueToken, into: &first)
        }
        if tail.continueToken.isEmpty { return sendWhole(first) }
        var head = ResponseHead(status: 200)
        head.headers.add("Content-Type", "application/json")
        head.headers.add("Cache-Control", "no-cache, private")
        if acceptsGzip { Compression.mark(&head.headers) }
        exchange.begin(head)
        write(first, acceptsGzip ? GzipWriter(level: Compression.level) : nil, then: tail.continueToken)
    }

    private func sendWhole(_ list: ByteBuffer) {
        var list = list
        list.writeStaticString("]}\n")
        var response = Answers.bytes(list, Negotiated())
        response.addWarnings(Deprecation.warning(route.kind).map { [$0] } ?? [])
        if acceptsGzip { Compression.compress(&response) }
        exchange.send(response)
    }

    private func write(_ bytes: ByteBuffer, _ gzip: GzipWriter?, then token: String) {
        let promise = exchange.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenSuccess { [self] in proceed(token, gzip) }
        var output = bytes
        if let gzip {
            output = ByteBuffer()
            gzip.write(bytes, to: &output)
        }
        // zlib may keep a whole page for itself.
        if output.readableBytes == 0 { return promise.succeed() }
        exchange.write(output, promise: promise)
    }

    private func proceed(_ token: String, _ gzip: GzipWriter?) {
        var items = ByteBuffer()
        do throws(Status) {
            let tail = try next(token, into: &items)
            if !tail.continueToken.isEmpty { return write(items, gzip, then: tail.continueToken) }
            items.writeStaticString("]}\n")
            if let gzip {
                var compressed = ByteBuffer()
                gzip.write(items, to: &compressed)
                gzip.finish(to: &compressed)
                items = compressed
            }
            exchange.write(items)
            exchange.end()
        } catch {
            // The status line is out; a list that is cut short must not look whole.
            exchange.abort()
        }
    }

    /// A page behind another one. The row behind the last page may have gone from view by a selector: no comma is left
    /// over then.
    private func next(_ token: String, into buffer: inout ByteBuffer) throws(Status) -> ListTail {
        var items = ByteBuffer()
        let tail = try page(token, into: &items)
        if items.readableBytes > 0 {
            buffer.writeInteger(UInt8(ascii: ","))
            buffer.writeBuffer(&items)
        }
        return tail
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
