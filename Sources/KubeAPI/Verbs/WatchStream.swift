import NIOConcurrencyHelpers
import NIOCore
import Objects
import Registry
import Synchronization
import Transport

/// One watch on its way to the client: messages come in on a store thread, are rendered on the connection's event loop
/// and written as lines of JSON. What has piled up by the time the loop gets to it leaves in one write.
final class WatchStream: Sendable {
    private let exchange: any Exchange
    private let writer: WatchWriter
    private let parameters: WatchParameters
    /// Bytes handed in and not yet taken by the socket; what the store judges a slow watcher by.
    private let queued = Atomic<Int>(0)
    private let inbox = NIOLockedValueBox(Inbox())
    private let state: NIOLoopBoundBox<State>

    private struct Inbox {
        var messages: [StoredWatchMessage] = []
        var size = 0
        var isScheduled = false
    }

    /// What comes before the watch itself, and how that is begun behind its revision.
    private struct Beginning {
        var state: InitialState
        var open: @Sendable (Int64) throws(Status) -> StoredWatch
    }

    /// The store does not let more pile up, so neither does the initial state.
    private static let room = 256 * 1024

    private struct State {
        var handle: StoredWatch?
        /// nil: the initial state has been read, or was not asked for.
        var beginning: Beginning?
        var timers: [Scheduled<Void>] = []
        var bookmarks: RepeatedTask?
        /// The time is up: the next bookmark is the last.
        var endsWithBookmark = false
        var hasEnded = false
    }

    /// On the exchange's event loop.
    init(_ exchange: any Exchange, _ writer: WatchWriter, _ parameters: WatchParameters) {
        self.exchange = exchange
        self.writer = writer
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
        guard !state.value.hasEnded else { return }
        let timeout = exchange.eventLoop.scheduleTask(in: .seconds(parameters.timeoutSeconds)) { [self] in timeIsUp() }
        state.value.timers.append(timeout)
        guard parameters.sendsBookmarks else { return }
        state.value.bookmarks = exchange.eventLoop.scheduleRepeatedTask(
            initialDelay: .seconds(60), delay: .seconds(60)
        ) { [self] _ in state.value.handle?.requestProgress() }
    }

    /// On the exchange's event loop: begins with the objects that there are. Throws before anything is sent.
    func start(
        _ initial: InitialState, then open: @escaping @Sendable (Int64) throws(Status) -> StoredWatch
    ) throws(Status) {
        var beginning = Beginning(state: initial, open: open)
        let events = try beginning.state.next()
        start(nil)
        take(events, beginning)
    }

    /// The next page of the initial state, once there is room for it: what the client does not take stays in the store.
    private func proceed() {
        guard !state.value.hasEnded, var beginning = state.value.beginning, queuedBytes <= Self.room else { return }
        do throws(Status) {
            let events = try beginning.state.next()
            take(events, beginning)
        } catch {
            state.value.beginning = nil
            // What the store says of a list that cannot go on is about lists.
            let told: Status =
                error.code == 410
                ? .expired("too old resource version: \(beginning.state.revision) has been compacted") : error
            _ = receive(.ended(told))
        }
    }

    /// Hands a page on and behind the last one begins to watch, where the state ends.
    private func take(_ events: [StoredEvent], _ beginning: Beginning) {
        guard !state.value.hasEnded else { return }
        if !events.isEmpty { _ = receive(.events(events)) }
        guard beginning.state.isComplete else {
            state.value.beginning = beginning
            return
        }
        state.value.beginning = nil
        _ = receive(.initialEventsEnd(revision: beginning.state.revision))
        do throws(Status) {
            state.value.handle = try beginning.open(beginning.state.revision)
        } catch {
            _ = receive(.ended(error))
        }
    }

    /// On any thread.
    var queuedBytes: Int { queued.load(ordering: .relaxed) }

    /// On any thread.
    func receive(_ message: StoredWatchMessage) -> Int {
        let size = Self.size(message)
        queued.add(size, ordering: .relaxed)
        let mustSchedule = inbox.withLockedValue { inbox in
            inbox.messages.append(message)
            inbox.size += size
            defer { inbox.isScheduled = true }
            return !inbox.isScheduled
        }
        if mustSchedule { exchange.eventLoop.execute { [self] in drain() } }
        return queuedBytes
    }

    private static func size(_ message: StoredWatchMessage) -> Int {
        guard case .events(let events) = message else { return 0 }
        return events.reduce(0) { $0 + $1.value.count + 64 }
    }

    private func drain() {
        let (messages, size) = inbox.withLockedValue { inbox in
            defer { inbox = Inbox() }
            return (inbox.messages, inbox.size)
        }
        guard !state.value.hasEnded else { return }
        var lines: [ByteBuffer] = []
        var isLast = false
        for message in messages where !isLast { isLast = append(message, to: &lines) }
        write(lines, size: size)
        if isLast { end() } else { proceed() }
    }

    /// True: nothing follows.
    private func append(_ message: StoredWatchMessage, to lines: inout [ByteBuffer]) -> Bool {
        switch message {
        case .events(let events):
            for event in events {
                do throws(Status) {
                    lines.append(try writer.line(event))
                } catch {
                    // Damaged: the client must not believe that it has seen everything.
                    lines.append(writer.error(error))
                    return true
                }
            }
        case .initialEventsEnd(let revision):
            if parameters.marksInitialEnd { lines.append(writer.bookmark(revision, endsInitialState: true)) }
        case .bookmark(let revision):
            if parameters.sendsBookmarks { lines.append(writer.bookmark(revision, endsInitialState: false)) }
            return state.value.endsWithBookmark
        case .ended(let status):
            if let status { lines.append(writer.error(status)) }
            return true
        }
        return false
    }

    private func write(_ lines: [ByteBuffer], size: Int) {
        guard var out = lines.first else {
            queued.subtract(size, ordering: .relaxed)
            return
        }
        for line in lines.dropFirst() { out.writeImmutableBuffer(line) }
        let promise = exchange.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [self] result in
            queued.subtract(size, ordering: .relaxed)
            // Otherwise the client is gone, of which `onClose` tells.
            if case .success = result { proceed() }
        }
        exchange.write(out, promise: promise)
    }

    /// A last bookmark tells the client where to go on, unless the watch was too short for one (upstream's limit); if
    /// none comes the watch ends all the same.
    private func timeIsUp() {
        guard parameters.sendsBookmarks, parameters.timeoutSeconds > 2, let handle = state.value.handle else {
            return end()
        }
        state.value.endsWithBookmark = true
        handle.requestProgress()
        state.value.timers.append(exchange.eventLoop.scheduleTask(in: .seconds(2)) { [self] in end() })
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
        state.value.beginning = nil
        state.value.timers.forEach { $0.cancel() }
        state.value.bookmarks?.cancel()
    }
}
