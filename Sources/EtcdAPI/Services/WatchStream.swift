internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// `etcdserverpb.Watch`: many watches on one stream. Everything but `Sink` runs on the stream's event loop.
///
/// Order: a watch's `created` goes out before its events, because the store is asked only after `created` was posted
/// and its signals come back through the same event loop.
final class WatchStream: CallHandler, Sendable {
    struct Watcher {
        var handle: (any WatchHandle)?
        var fragments: Bool
        var notifiesProgress: Bool
        /// The revision that the client knows of this watch.
        var revision: Int64
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

    init(engine: any Engine, replies: KVReplies, stream: any CallStream) {
        self.engine = engine
        self.replies = replies
        self.stream = stream
        mailbox = WatchMailbox(stream: stream)
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
        guard let id = chooseID(call.watchID) else {
            var reply = self.reply(call.watchID, engine.currentRevision)
            reply.created = true
            reply.canceled = true
            reply.cancelReason = "mvcc: duplicate watch ID provided on the WatchStream"
            return stream.send(reply)
        }
        // Read once: the first event is the one after the revision that `created` names.
        let revision = engine.currentRevision
        var created = reply(id, revision)
        created.created = true
        stream.send(created)

        let key = call.key.isEmpty ? [0] : call.key
        var request = WatchRequest(
            KVRequests.keyRange(key, call.rangeEnd),
            startRevision: call.startRevision > 0 ? call.startRevision : revision + 1,
            withPrevious: call.prevKv)
        request.filtersPuts = call.filters.contains(.noPut)
        request.filtersDeletes = call.filters.contains(.noDelete)
        state.value.watchers[id] = Watcher(
            fragments: call.fragment, notifiesProgress: call.progressNotify, revision: revision)
        do throws(StoreError) {
            let handle = try engine.watch(request, sink: mailbox.sink(for: id))
            state.value.watchers[id]?.handle = handle
        } catch {
            let compacted = error.code == .compacted ? engine.compactRevision : 0
            end(id, reason: EtcdErrors.status(error).message, compactRevision: compacted)
        }
    }

    /// nil: the client's choice is taken.
    private func chooseID(_ wanted: Int64) -> Int64? {
        if wanted != 0 { return state.value.watchers[wanted] == nil ? wanted : nil }
        while state.value.watchers[state.value.nextID] != nil { state.value.nextID += 1 }
        defer { state.value.nextID += 1 }
        return state.value.nextID
    }

    private func cancel(_ id: Int64) {
        guard state.value.watchers[id] != nil else { return }
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
        answerProgress(state.value.progress.left(id))
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
        var index = 0
        while index < letters.count {
            let id = letters[index].watchID
            guard let watcher = state.value.watchers[id] else {
                index += 1
                continue
            }
            var events: [Event] = []
            var revision = watcher.revision
            // Neighbouring batches of one watch leave as one message.
            while index < letters.count, letters[index].watchID == id,
                case .events(let newer, let batch) = letters[index].signal
            {
                events += batch
                revision = newer
                index += 1
            }
            if !events.isEmpty {
                state.value.watchers[id]?.revision = revision
                send(events, id, revision, fragments: watcher.fragments)
            } else {
                other(letters[index].signal, id, watcher)
                index += 1
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
            end(id, reason: EtcdErrors.compacted.message, compactRevision: compactRevision)
        case .cancelled(.tooSlow(let resumeRevision)):
            end(
                id, reason: "berth: the watcher did not keep up; resume at revision \(resumeRevision)",
                compactRevision: 0)
        case .cancelled(.closed):
            end(id, reason: EtcdErrors.stopped.message, compactRevision: 0)
        }
    }

    private func send(_ events: [Event], _ id: Int64, _ revision: Int64, fragments: Bool) {
        let pieces = fragments ? WatchFragments.split(events) : [events[...]]
        for (number, piece) in pieces.enumerated() {
            var reply = self.reply(id, revision)
            reply.fragment = number < pieces.count - 1
            reply.events = piece.map(Self.wire)
            stream.send(reply)
        }
    }

    private func reply(_ id: Int64, _ revision: Int64) -> WatchReply {
        var reply = WatchReply()
        reply.header = replies.header(revision)
        reply.watchID = id
        return reply
    }

    static func wire(_ event: Event) -> WireEvent {
        var wire = WireEvent()
        wire.type = event.kind == .put ? .put : .delete
        wire.kv = KVReplies.keyValue(event.current)
        wire.prevKv = event.previous.map(KVReplies.keyValue)
        return wire
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

    func isWaiting(for id: Int64) -> Bool { waiting.contains(id) }

    /// The revision to answer with, once all have arrived.
    mutating func arrived(_ id: Int64, _ revision: Int64) -> Int64? {
        guard waiting.remove(id) != nil else { return nil }
        lowest = min(lowest, revision)
        return finishIfComplete()
    }

    /// The watch is gone and need not answer.
    mutating func left(_ id: Int64) -> Int64? {
        guard waiting.remove(id) != nil, lowest != .max else { return nil }
        return finishIfComplete()
    }

    private mutating func finishIfComplete() -> Int64? {
        guard waiting.isEmpty else { return nil }
        defer { lowest = .max }
        return lowest
    }
}

enum WatchFragments {
    /// etcd's request limit and what it leaves for the frame around.
    static let limit = (1 << 20) + (1 << 19)

    /// Pieces below the limit, an event each at least.
    static func split(_ events: [Event]) -> [ArraySlice<Event>] {
        var pieces: [ArraySlice<Event>] = []
        var start = 0
        var size = 0
        for (index, event) in events.enumerated() {
            let own = event.byteCount
            if index > start, size + own > limit {
                pieces.append(events[start..<index])
                start = index
                size = 0
            }
            size += own
        }
        pieces.append(events[start...])
        return pieces
    }
}

extension Event {
    var byteCount: Int {
        current.key.count + current.value.count + (previous.map { $0.key.count + $0.value.count } ?? 0) + 64
    }
}
