/// What the hub's thread knows. Not shared.
struct WatchHubState {
    let context: StoreContext
    /// Every live watcher has everything up to this revision.
    private(set) var delivered: Int64
    private var watchers: [Int: Watcher] = [:]
    private var live = WatcherIndex()
    /// Ids of those that catch up, in the order of their turns.
    private var behind: [Int] = []
    /// Keeps a compaction from removing what the live watchers have not been given yet.
    private var pin: Int?

    init(context: StoreContext, delivered: Int64) {
        self.context = context
        self.delivered = delivered
    }

    /// nil: nothing to do until something is published or asked. Paused watchers are looked at every 5 ms.
    var deadline: Int64? {
        if behind.isEmpty { return nil }
        let isReady = behind.contains { watchers[$0]?.slowSince == nil }
        return isReady ? 0 : context.storage.monotonicNanoseconds + 5_000_000
    }

    var isEmpty: Bool { watchers.isEmpty }

    mutating func take(_ message: WatchHub.Message) {
        switch message {
        case .add(let watcher):
            watchers[watcher.id] = watcher
            if watcher.next > delivered { join(watcher) } else { behind.append(watcher.id) }
        case .cancel(let id): if let watcher = watchers[id] { end(watcher, .closed) }
        case .progress(let id):
            guard let watcher = watchers[id] else { return }
            watcher.wantsProgress += 1
            answerProgress(watcher)
        }
    }

    mutating func closeAll() {
        for watcher in watchers.values { end(watcher, .closed) }
    }

    // MARK: Live watchers

    mutating func deliver(through published: Int64) throws(StoreError) {
        if published <= delivered { return }
        if live.isEmpty {
            delivered = published
            return
        }
        while delivered < published {
            movePin()
            let view = try ReadView(context)
            if try view.hasLostEvents(after: delivered) { return fallBehind(through: published) }
            var collector = RevisionCollector()
            var slow: [Watcher] = []
            let next = try view.history(from: delivered + 1, through: published, rows: StoreLimits.viewRows) {
                record throws(StoreError) in
                if record.header.revision.main != collector.revision { slow += collector.flush() }
                try collect(record, view, &collector)
                return true
            }
            slow += collector.flush()
            delivered = next - 1
            for watcher in slow { demote(watcher) }
        }
        movePin()
    }

    /// For a minute after the last delivery, which is long for a hub that is behind, and short for a compaction that waits
    /// for one whose sink hangs.
    private mutating func movePin() {
        if live.isEmpty { return dropPin() }
        pin = context.pins.move(pin, to: delivered, now: context.storage.monotonicNanoseconds)
    }

    private mutating func dropPin() {
        if let pin { context.pins.remove(pin) }
        pin = nil
    }

    /// A compaction has overtaken the live watchers. They go the way of those that start further back, which ends with the
    /// reason if what they need is gone: never with a silent gap.
    private mutating func fallBehind(through published: Int64) {
        for watcher in watchers.values where watcher.isLive {
            leave(watcher)
            watcher.next = max(watcher.next, delivered + 1)
            behind.append(watcher.id)
        }
        delivered = published
    }

    private func collect(
        _ record: RecordView, _ view: borrowing ReadView, _ collector: inout RevisionCollector
    ) throws(StoreError) {
        var shared = SharedEvent(record)
        let revision = record.header.revision.main
        for group in live.groups(watching: Array(record.key)) {
            for watcher in group.watchers
            where watcher.next <= revision && SharedEvent.isWanted(record, by: watcher.request) {
                collector.add(try shared.event(for: watcher.request, in: view), revision, to: watcher)
            }
        }
    }

    private mutating func join(_ watcher: Watcher) {
        watcher.isLive = true
        live.add(watcher)
        if pin == nil { movePin() }
        answerProgress(watcher)
    }

    private mutating func leave(_ watcher: Watcher) {
        live.remove(watcher)
        watcher.isLive = false
        if live.isEmpty { dropPin() }
    }

    /// A watcher whose queue is full catches up later, when it has drained; one that cannot tell is cancelled.
    private mutating func demote(_ watcher: Watcher) {
        if watcher.isCancelled || !watcher.isLive { return }
        leave(watcher)
        watcher.next = max(watcher.next, delivered + 1)
        if watcher.sink.queuedBytes == nil {
            return end(watcher, .tooSlow(resumeRevision: watcher.next))
        }
        watcher.slowSince = context.storage.monotonicNanoseconds
        behind.append(watcher.id)
    }

    private mutating func end(_ watcher: Watcher, _ reason: WatchCancellation) {
        if watcher.isCancelled { return }
        watcher.isCancelled = true
        if watcher.isLive { leave(watcher) }
        watchers[watcher.id] = nil
        _ = watcher.sink.receive(.cancelled(reason))
    }

    private func answerProgress(_ watcher: Watcher) {
        while watcher.isLive, watcher.wantsProgress > 0 {
            watcher.wantsProgress -= 1
            _ = watcher.sink.receive(.progress(revision: delivered))
        }
    }

    // MARK: Watchers that catch up

    mutating func catchUp() throws(StoreError) {
        let turn = behind
        behind = []
        for id in turn {
            guard let watcher = watchers[id] else { continue }
            if isPaused(watcher) {
                if !watcher.isCancelled { behind.append(id) }
                continue
            }
            try advance(watcher)
            if watcher.isCancelled { continue }
            if watcher.next > delivered, watcher.slowSince == nil { join(watcher) } else { behind.append(id) }
        }
    }

    private mutating func isPaused(_ watcher: Watcher) -> Bool {
        guard let since = watcher.slowSince else { return false }
        if (watcher.sink.queuedBytes ?? 0) <= StoreLimits.watchQueueBytes / 2 {
            watcher.slowSince = nil
            return false
        }
        if context.storage.monotonicNanoseconds - since > context.options.watchPatience {
            end(watcher, .tooSlow(resumeRevision: watcher.next))
        }
        return true
    }

    private mutating func advance(_ watcher: Watcher) throws(StoreError) {
        let view = try ReadView(context)
        if watcher.next < view.published.compactRevision {
            return end(watcher, .compacted(compactRevision: view.published.compactRevision))
        }
        var collector = RevisionCollector()
        var isSlow = false
        watcher.next = try view.history(from: watcher.next, through: delivered, rows: StoreLimits.watchSlice) {
            record throws(StoreError) in
            let revision = record.header.revision.main
            if revision != collector.revision { isSlow = !collector.flush().isEmpty || isSlow }
            if watcher.request.range.contains(Array(record.key)), SharedEvent.isWanted(record, by: watcher.request) {
                var shared = SharedEvent(record)
                collector.add(try shared.event(for: watcher.request, in: view), revision, to: watcher)
            }
            return true
        }
        isSlow = !collector.flush().isEmpty || isSlow
        if !isSlow { return }
        if watcher.sink.queuedBytes == nil {
            end(watcher, .tooSlow(resumeRevision: watcher.next))
        } else {
            watcher.slowSince = context.storage.monotonicNanoseconds
        }
    }
}
