/// Hands published revisions to watchers, on a thread of its own: neither a slow sink nor ten thousand watchers can
/// delay a write. The hub has no queue of events; it reads what was written from the tail (or, far behind, from the
/// checkpoint's history) up to the published revision, so nothing can be lost between writer and hub.
///
/// Live watchers are all at the same revision, `delivered`. A watcher that starts further back, or that was too slow,
/// catches up in slices between the deliveries and joins the live ones when it has reached them.
final class WatchHub: Sendable {
    enum Message: Sendable {
        case add(Watcher)
        case cancel(Int)
        case progress(Int)
    }

    private struct Inbox {
        var messages: [Message] = []
        /// Something was published since the thread last looked.
        var hasNews = false
        /// Whether anybody wants to hear of it: a store that nobody watches wakes nobody.
        var isWatched = false
        var nextID = 0
        var isClosed = false
    }

    private let context: StoreContext
    private let inbox: Monitor<Inbox>

    init(context: StoreContext) {
        self.context = context
        inbox = Monitor(Inbox())
    }

    /// Told by the writer after each batch, which is published by then.
    func publish() {
        inbox.signal(where: { $0.isWatched }) { $0.hasNews = true }
    }
    func post(_ message: Message) { inbox.signal { $0.messages.append(message) } }
    func close() { inbox.signal { $0.isClosed = true } }

    func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> Watcher {
        let current = context.published.withLock { $0.revision }
        let next = request.startRevision > 0 ? request.startRevision : current + 1
        let watcher: Watcher? = inbox.signal { inbox in
            if inbox.isClosed { return nil }
            inbox.nextID += 1
            let watcher = Watcher(id: inbox.nextID, request: request, next: next, sink: sink, hub: self)
            inbox.messages.append(.add(watcher))
            return watcher
        }
        guard let watcher else { throw StoreError(.unavailable, "the store is closed") }
        return watcher
    }

    // MARK: The hub's thread

    private struct Wake {
        var messages: [Message]
        var published: Int64
        var isClosed: Bool
    }

    /// The body of the hub's thread. Ends after `close`, when what was published before is delivered.
    func run() {
        var state = WatchHubState(
            context: context, delivered: context.published.withLock { $0.revision })
        while true {
            let wake = waitForWork(state)
            do throws(StoreError) {
                try state.deliver(through: wake.published)
                for message in wake.messages { state.take(message) }
                try state.catchUp()
            } catch {
                context.fail(error)
                state.closeAll()
                return
            }
            if wake.isClosed { return state.closeAll() }
        }
    }

    private func waitForWork(_ state: WatchHubState) -> Wake {
        let take: (inout Inbox) -> Wake = { inbox in
            defer {
                inbox.messages = []
                inbox.hasNews = false
            }
            // Asked here, not told: an answer to a progress request includes whatever was acknowledged before it.
            let published = self.context.published.withLock { $0.revision }
            return Wake(messages: inbox.messages, published: published, isClosed: inbox.isClosed)
        }
        let isWatched = !state.isEmpty
        let wake = inbox.wait(until: state.deadline) { inbox -> Wake? in
            inbox.isWatched = isWatched
            let hasWork = !inbox.messages.isEmpty || (inbox.hasNews && isWatched) || inbox.isClosed
            return hasWork ? take(&inbox) : nil
        }
        return wake ?? inbox.withLock { take(&$0) }
    }
}
