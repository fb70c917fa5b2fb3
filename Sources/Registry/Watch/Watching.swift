package import Objects
package import Store

extension Registry {
    /// Watches a resource, or what of it is in one namespace (nil or empty: all).
    ///
    /// `handler` is called in revision order, with all events of one revision at once, on a store thread (for the
    /// initial state: on the caller's, in portions): it must not block. It returns how many bytes it still has queued.
    /// After `.ended` it is not called again. Throws 400 for a bad selector and 504 for a revision that does not exist
    /// yet; a revision that is compacted ends the watch with 410.
    ///
    /// `queued` says the same as `handler` at any time and on any thread. Who gives it is waited for when a burst is more
    /// than the store lets pile up; who does not is ended with 410 then.
    package func watchStored(
        _ resource: ResourceName, namespace: String? = nil, options: WatchOptions,
        queued: (@Sendable () -> Int)? = nil, handler: @escaping @Sendable (StoredWatchMessage) -> Int
    ) throws(Status) -> any WatchHandle {
        let predicate = try predicate(resource, options)
        return try start(resource, namespace, options, predicate, queued) { signal throws(Status) in
            switch signal {
            case .events(let events):
                var out: [StoredEvent] = []
                for event in events {
                    if let one = try WatchTranslator.stored(event, predicate) { out.append(one) }
                }
                return out.isEmpty ? 0 : handler(.events(out))
            case .initialEventsEnd(let revision): return handler(.initialEventsEnd(revision: revision))
            case .bookmark(let revision): return handler(.bookmark(revision: revision))
            case .ended(let status): return handler(.ended(status))
            }
        }
    }

    /// As `watchStored`, with the objects decoded, the old one too.
    package func watch(
        _ resource: ResourceName, namespace: String? = nil, options: WatchOptions,
        handler: @escaping @Sendable (WatchMessage) -> Int
    ) throws(Status) -> any WatchHandle {
        let predicate = try predicate(resource, options)
        return try start(resource, namespace, options, predicate) { signal throws(Status) in
            switch signal {
            case .events(let events):
                var out: [ObjectEvent] = []
                for event in events {
                    guard let one = try WatchTranslator.stored(event, predicate) else { continue }
                    out.append(try WatchTranslator.decoded(event, one))
                }
                return out.isEmpty ? 0 : handler(.events(out))
            case .initialEventsEnd(let revision): return handler(.initialEventsEnd(revision: revision))
            case .bookmark(let revision): return handler(.bookmark(revision: revision))
            case .ended(let status): return handler(.ended(status))
            }
        }
    }

    private func predicate(_ resource: ResourceName, _ options: WatchOptions) throws(Status) -> Predicate {
        try Predicate(
            labelSelector: options.labelSelector, fieldSelector: options.fieldSelector,
            kind: try kind(of: resource))
    }

    private func start(
        _ resource: ResourceName, _ namespace: String?, _ options: WatchOptions, _ predicate: Predicate,
        _ queued: (@Sendable () -> Int)? = nil,
        _ deliver: @escaping @Sendable (RawWatchSignal) throws(Status) -> Int
    ) throws(Status) -> any WatchHandle {
        let kind = try kind(of: resource)
        let range = predicate.range(kind, namespace: namespace)
        let deliver = { @Sendable (signal: RawWatchSignal) throws(Status) -> Int in
            guard case .events(let events) = signal, EventConversion.isConverted(kind) else {
                return try deliver(signal)
            }
            var converted: [Event] = []
            for event in events { converted.append(try EventConversion.served(event, kind)) }
            return try deliver(.events(converted))
        }
        let revision: Int64
        switch options.start {
        case .after(let after):
            revision = after
            let current = engine.currentRevision
            if revision > current { throw .tooLargeResourceVersion(revision, current: current) }
        case .initialState:
            revision = try sendInitialState(range, deliver)
        }
        do {
            let request = WatchRequest(range, startRevision: revision + 1, withPrevious: true)
            return try engine.watch(request, sink: RegistryWatchSink(queued, deliver))
        } catch {
            throw .store(error)
        }
    }

    /// Everything there is, as if it had just been put, in portions that do not pile up; returns its revision.
    private func sendInitialState(
        _ range: KeyRange, _ deliver: (RawWatchSignal) throws(Status) -> Int
    ) throws(Status) -> Int64 {
        var request = RangeRequest(range, limit: 256)
        request.countsAll = false
        while true {
            let page: RangeResult
            do {
                page = try engine.range(request)
            } catch {
                throw .store(error)
            }
            if request.revision == 0 { request.revision = page.revision }
            _ = try deliver(.events(page.rows.map { Event(kind: .put, current: $0, previous: nil) }))
            guard page.more, let last = page.rows.last else { break }
            request.range = range.following(last.key)
        }
        _ = try deliver(.initialEventsEnd(revision: request.revision))
        return request.revision
    }
}

extension KeyRange {
    /// What of the range comes behind `key`.
    fileprivate func following(_ key: [UInt8]) -> KeyRange {
        switch self {
        case .interval(_, let end): .interval(start: key + [0], end: end)
        case .from: .from(key + [0])
        case .key: .interval(start: key + [0], end: key + [0])
        }
    }
}

/// The store's signals in Kubernetes' terms.
enum RawWatchSignal: Sendable {
    case events([Event])
    case initialEventsEnd(revision: Int64)
    case bookmark(revision: Int64)
    case ended(Status?)
}

private final class RegistryWatchSink: WatchSink {
    private let deliver: @Sendable (RawWatchSignal) throws(Status) -> Int
    private let queued: (@Sendable () -> Int)?
    private let hasEnded = Locked(false)

    init(_ queued: (@Sendable () -> Int)?, _ deliver: @escaping @Sendable (RawWatchSignal) throws(Status) -> Int) {
        self.queued = queued
        self.deliver = deliver
    }

    var queuedBytes: Int? { queued?() }

    func receive(_ signal: WatchSignal) -> Int {
        if hasEnded.withLock({ $0 }) { return 0 }
        switch signal {
        case .events(_, let events): return pass(.events(events))
        case .progress(let revision): return pass(.bookmark(revision: revision))
        case .cancelled(let reason): return pass(.ended(Self.status(reason)))
        }
    }

    private func pass(_ signal: RawWatchSignal) -> Int {
        if case .ended = signal { hasEnded.withLock { $0 = true } }
        do {
            return try deliver(signal)
        } catch {
            // An event that cannot be told ends the watch: leaving it out would be a gap.
            hasEnded.withLock { $0 = true }
            return (try? deliver(.ended(error))) ?? 0
        }
    }

    private static func status(_ reason: WatchCancellation) -> Status? {
        switch reason {
        case .compacted(let revision):
            .expired("too old resource version: history begins at \(revision)")
        case .tooSlow(let resume):
            .expired("too old resource version: the watcher did not keep up with what follows \(resume - 1)")
        case .closed:
            nil
        }
    }
}
