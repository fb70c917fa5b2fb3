internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// `etcdserverpb.Watch`: many watches on one stream. Everything but `Sink` runs on the stream's event loop.
///
/// Order: a watch's `created` goes out before its events, because the store is asked only after `created` was posted
/// and its signals come back through the same event loop.
final class WatchStream: CallHandler, Sendable {
    struct Watcher {
        let sink: WatchMailboxSink
        var handle: (any WatchHandle)?
        let notifiesProgress: Bool
    }

    struct State {
        var watchers: [Int64: Watcher] = [:]
        var nextID: Int64 = 0
        var progress = ProgressRound()
        var isClosed = false
    }

    private let engine: any Engine
    private let replies: KVReplies
    private let stream: any CallStream
    private let mailbox: WatchMailbox
    private let state: NIOLoopBoundBox<State>

    /// etcd's `--experimental-watch-progress-notify-interval`.
    static let progressInterval = TimeAmount.minutes(10)

    /// On the stream's event loop.
    init(
        engine: any Engine, replies: KVReplies, encoder: SharedWatchEncoder, mail: LoopMail, stream: any CallStream
    ) {
        self.engine = engine
        self.replies = replies
        self.stream = stream
        mailbox = WatchMailbox(stream: stream, mail: mail, encoder: encoder)
        state = NIOLoopBoundBox(State(), eventLoop: stream.eventLoop)
        mailbox.onMail { [weak self] in self?.deliver($0) }
        scheduleProgress()
    }

    // MARK: - Requests

    func receive(_ message: ByteBuffer) {
        let call: WatchCall
        do throws(WireError) { call = try ProtobufReader.decode(WatchCall.self, message) } catch {
            return stream.finish(Method.unreadable(error))
        }
        receive(call)
    }

    func receive(_ call: WatchCall) {
        if state.value.isClosed { return }
        if let create = call.createRequest {
            self.create(create)
        } else if let cancel = call.cancelRequest {
            self.cancel(cancel.watchID)
        } else if call.progressRequest != nil {
            requestProgress()
        }
    }

    func halfClosed() { stream.finish(nil) }

    func closed() {
        state.value.isClosed = true
        for watcher in state.value.watchers.values { watcher.handle?.cancel() }
        state.value.watchers = [:]
        mailbox.close()
    }

    private func create(_ call: WatchCreateCall) {
        let key = call.key.isEmpty ? [0] : call.key
        if !call.rangeEnd.isEmpty, call.rangeEnd != [0], !key.lexicographicallyPrecedes(call.rangeEnd) {
            return refuse("mvcc: watcher range is empty")
        }
        guard let id = chooseID(call.watchID) else {
            return refuse("mvcc: duplicate watch ID provided on the WatchStream")
        }
        // Read once: the first event is the one after the revision that `created` names.
        let revision = engine.currentRevision
        var created = reply(id, revision)
        created.created = true
        stream.send(created)

        var request = WatchRequest(
            KVRequests.keyRange(key, call.rangeEnd),
            startRevision: call.startRevision > 0 ? call.startRevision : revision + 1,
            withPrevious: call.prevKv)
        request.filtersPuts = call.filters.contains(.noPut)
        request.filtersDeletes = call.filters.contains(.noDelete)
        let sink = mailbox.sink(for: id, fragments: call.fragment)
        state.value.watchers[id] = Watcher(sink: sink, notifiesProgress: call.progressNotify)
        do throws(StoreError) {
            let handle = try engine.watch(request, sink: sink)
            state.value.watchers[id]?.handle = handle
            // An answer under way speaks of the whole stream, so of this watch too.
            if state.value.progress.isUnderWay {
                state.value.progress.begin([id])
                handle.requestProgress()
            }
        } catch {
            guard error.code == .compacted else {
                return end(id, reason: EtcdErrors.status(error).message, compactRevision: 0)
            }
            end(id, reason: "", compactRevision: engine.compactRevision)
        }
    }

    /// A watch that never was has no number (etcd's `v3rpc/watch.go`).
    private func refuse(_ reason: String) {
        var reply = self.reply(-1, engine.currentRevision)
        reply.created = true
        reply.canceled = true
        reply.cancelReason = reason
        stream.send(reply)
    }

    /// nil: the client's choice is taken.
    private func chooseID(_ wanted: Int64) -> Int64? {
        if wanted != 0 { return state.value.watchers[wanted] == nil ? wanted : nil }
        while state.value.watchers[state.value.nextID] != nil { state.value.nextID += 1 }
        defer { state.value.nextID += 1 }
        return state.value.nextID
    }

    private func cancel(_ id: Int64) {
        guard let watcher = state.value.watchers[id] else { return }
        // What is on its way still arrives, and nothing behind the answer to this.
        mailbox.close(watcher.sink)
        end(id, reason: "", compactRevision: 0)
    }

    private func end(_ id: Int64, reason: String, compactRevision: Int64) {
        guard let watcher = state.value.watchers.removeValue(forKey: id) else { return }
        watcher.handle?.cancel()
        var reply = self.reply(id, engine.currentRevision)
        reply.canceled = true
        reply.cancelReason = reason
        reply.compactRevision = compactRevision
        stream.send(reply)
        answerProgress(state.value.progress.left(id, current: engine.currentRevision))
    }

    // MARK: - Progress

    private func requestProgress() {
        let watchers = state.value.watchers
        guard !watchers.isEmpty else { return sendProgress(engine.currentRevision) }
        state.value.progress.begin(Set(watchers.keys))
        for watcher in watchers.values { watcher.handle?.requestProgress() }
    }

    private func answerProgress(_ revision: Int64?) {
        if let revision { sendProgress(revision) }
    }

    /// About the whole stream: no watch of it will see an event up to `revision` that it has not seen.
    private func sendProgress(_ revision: Int64) { stream.send(reply(-1, revision)) }

    private func scheduleProgress() {
        stream.eventLoop.assumeIsolated().scheduleTask(in: Self.progressInterval) { [weak self] in
            guard let self, !self.state.value.isClosed else { return }
            for watcher in self.state.value.watchers.values where watcher.notifiesProgress {
                watcher.handle?.requestProgress()
            }
            self.scheduleProgress()
        }
    }

    // MARK: - Signals

    private func deliver(_ letters: [WatchMailbox.Letter]) {
        for letter in letters {
            switch letter {
            case .messages(let bytes): stream.send(encoded: bytes)
            case .signal(let signal, let id):
                if let watcher = state.value.watchers[id] { other(signal, id, watcher) }
            }
        }
    }

    private func other(_ signal: WatchSignal, _ id: Int64, _ watcher: Watcher) {
        switch signal {
        case .events: break
        case .progress(let revision):
            if state.value.progress.isWaiting(for: id) {
                answerProgress(state.value.progress.arrived(id, revision))
            } else if watcher.notifiesProgress {
                stream.send(reply(id, revision))
            }
        case .cancelled(.compacted(let compactRevision)):
            // etcd gives no reason beside the revision (`v3rpc/watch.go`, `sendLoop`); clients make their own of it.
            end(id, reason: "", compactRevision: compactRevision)
        case .cancelled(.tooSlow(let resumeRevision)):
            end(
                id, reason: "berth: the watcher did not keep up; resume at revision \(resumeRevision)",
                compactRevision: 0)
        case .cancelled(.closed):
            end(id, reason: EtcdErrors.stopped.message, compactRevision: 0)
        }
    }

    private func reply(_ id: Int64, _ revision: Int64) -> WatchReply {
        var reply = WatchReply()
        reply.header = replies.header(revision)
        reply.watchID = id
        return reply
    }
}

/// Collects the answers of all watches to one progress request of the stream.
struct ProgressRound {
    private var waiting: Set<Int64> = []
    private var lowest = Int64.max
    /// A request that came while another was under way is answered by the same answer.
    mutating func begin(_ watches: Set<Int64>) {
        waiting.formUnion(watches)
    }

    var isUnderWay: Bool { !waiting.isEmpty }

    func isWaiting(for id: Int64) -> Bool { waiting.contains(id) }

    /// The revision to answer with, once all have arrived.
    mutating func arrived(_ id: Int64, _ revision: Int64) -> Int64? {
        guard waiting.remove(id) != nil else { return nil }
        lowest = min(lowest, revision)
        return finishIfComplete()
    }

    /// The watch is gone and need not answer; if it was the only one, `current` holds for nobody and everybody.
    mutating func left(_ id: Int64, current: Int64) -> Int64? {
        guard waiting.remove(id) != nil else { return nil }
        if waiting.isEmpty, lowest == .max { lowest = current }
        return finishIfComplete()
    }

    private mutating func finishIfComplete() -> Int64? {
        guard waiting.isEmpty else { return nil }
        defer { lowest = .max }
        return lowest
    }
}
