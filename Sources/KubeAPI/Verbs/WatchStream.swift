import NIOCore
import Objects
import Registry
import Synchronization
import Transport

/// One watch on its way to the client: messages come in on a store thread, are rendered on the connection's event loop
/// and written as lines of JSON.
final class WatchStream: Sendable {
    private let exchange: any Exchange
    private let rendering: Rendering
    private let parameters: WatchParameters
    /// Bytes handed in and not yet taken by the socket; what the store judges a slow watcher by.
    private let queued = Atomic<Int>(0)
    private let state: NIOLoopBoundBox<State>

    private struct State {
        var handle: StoredWatch?
        var timers: [Scheduled<Void>] = []
        var bookmarks: RepeatedTask?
        var hasColumns = false
        var hasEnded = false
    }

    /// On the exchange's event loop.
    init(_ exchange: any Exchange, _ rendering: Rendering, _ parameters: WatchParameters) {
        self.exchange = exchange
        self.rendering = rendering
        self.parameters = parameters
        state = NIOLoopBoundBox(State(), eventLoop: exchange.eventLoop)
    }

    /// On the exchange's event loop, once the watch is known to have begun. What came before waits for this turn of
    /// the loop to end, so that nothing is written before the head.
    func start(_ handle: StoredWatch?) {
        var head = ResponseHead(status: 200)
        head.headers.add("Content-Type", "application/json")
        head.headers.add("Cache-Control", "no-cache, private")
        exchange.begin(head)
        state.value.handle = handle
        exchange.onClose { [self] in finish() }
        let timeout = exchange.eventLoop.scheduleTask(in: .seconds(parameters.timeoutSeconds)) { [self] in end() }
        state.value.timers.append(timeout)
        guard parameters.sendsBookmarks, let handle else { return }
        state.value.bookmarks = exchange.eventLoop.scheduleRepeatedTask(
            initialDelay: .seconds(60), delay: .seconds(60)
        ) { _ in handle.requestProgress() }
    }

    /// On any thread.
    func receive(_ message: StoredWatchMessage) -> Int {
        let size = Self.size(message)
        queued.add(size, ordering: .relaxed)
        exchange.eventLoop.execute { [self] in handle(message, size: size) }
        return queued.load(ordering: .relaxed)
    }

    private static func size(_ message: StoredWatchMessage) -> Int {
        guard case .events(let events) = message else { return 0 }
        return events.reduce(0) { $0 + $1.value.count + 64 }
    }

    private func handle(_ message: StoredWatchMessage, size: Int) {
        guard !state.value.hasEnded else { return }
        switch message {
        case .events(let events): write(events, size: size)
        case .initialEventsEnd(let revision):
            if parameters.marksInitialEnd { writeBookmark(revision, endsInitialState: true) }
        case .bookmark(let revision):
            if parameters.sendsBookmarks { writeBookmark(revision, endsInitialState: false) }
        case .ended(let status):
            if let status { write(line("ERROR", ByteBuffer(bytes: JSONEncoder.encode(status.json))), size: 0) }
            end()
        }
    }

    private func write(_ events: [StoredEvent], size: Int) {
        var out = ByteBuffer()
        for event in events {
            do throws(Status) {
                let object = try rendering.bytes(
                    event.value, revision: event.revision, withColumns: !state.value.hasColumns)
                state.value.hasColumns = true
                out.writeImmutableBuffer(line(event.kind.rawValue, object))
            } catch {
                // Damaged: the client must not believe that it has seen everything.
                out.writeImmutableBuffer(line("ERROR", ByteBuffer(bytes: JSONEncoder.encode(error.json))))
                write(out, size: size)
                return end()
            }
        }
        write(out, size: size)
    }

    private func writeBookmark(_ revision: Int64, endsInitialState: Bool) {
        var metadata: [JSONObject.Member] = [
            ("resourceVersion", .string(String(revision))), ("creationTimestamp", nil),
        ]
        if endsInitialState { metadata.append(("annotations", ["k8s.io/initial-events-end": "true"])) }
        let shape = rendering.shape
        let (kind, apiVersion) =
            switch shape.representation {
            case .object: (rendering.kind.kind, rendering.kind.apiVersion)
            case .table: ("Table", "meta.k8s.io/\(shape.version)")
            case .partialMetadata, .partialMetadataList: ("PartialObjectMetadata", "meta.k8s.io/\(shape.version)")
            }
        var object: [JSONObject.Member] = [
            ("kind", .string(kind)), ("apiVersion", .string(apiVersion)), ("metadata", .object(JSONObject(metadata))),
        ]
        if shape.representation == .table { object += [("columnDefinitions", []), ("rows", [])] }
        write(line("BOOKMARK", ByteBuffer(bytes: JSONEncoder.encode(.object(JSONObject(object))))), size: 0)
    }

    private func line(_ type: String, _ object: ByteBuffer) -> ByteBuffer {
        var out = ByteBuffer()
        out.reserveCapacity(object.readableBytes + 40)
        out.writeString("{\"type\":\"\(type)\",\"object\":")
        out.writeImmutableBuffer(object)
        out.writeStaticString("}\n")
        return out
    }

    private func write(_ bytes: ByteBuffer, size: Int) {
        let promise = exchange.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [self] _ in queued.subtract(size, ordering: .relaxed) }
        exchange.write(bytes, promise: promise)
    }

    private func end() {
        guard !state.value.hasEnded else { return }
        finish()
        exchange.end()
    }

    private func finish() {
        state.value.hasEnded = true
        state.value.handle?.cancel()
        state.value.handle = nil
        state.value.timers.forEach { $0.cancel() }
        state.value.bookmarks?.cancel()
    }
}
