package import Objects
package import Store

extension Registry {
    /// Watches a resource, or what of it is in one namespace (nil or empty: all).
    ///
    /// `handler` is called in revision order, with all events of one revision at once, on a store thread: it must not
    /// block. It returns how many bytes it still has queued. After `.ended` it is not called again.
    package func watchStored(
        _ resource: ResourceName, namespace: String? = nil, options: WatchOptions,
        handler: @escaping @Sendable (StoredWatchMessage) -> Int
    ) throws(Status) -> any WatchHandle {
        let kind = try kind(of: resource)
        return try startWatch(kind, namespace, options) { events throws(Status) in
            var out: [StoredEvent] = []
            for event in events {
                if let one = try WatchTranslator.stored(event, matches: { _ in true }) { out.append(one) }
            }
            return out.isEmpty ? 0 : handler(.events(out))
        } signal: { message in
            handler(message)
        }
    }

    /// As `watchStored`, with the objects decoded, the old one too.
    package func watch(
        _ resource: ResourceName, namespace: String? = nil, options: WatchOptions,
        handler: @escaping @Sendable (WatchMessage) -> Int
    ) throws(Status) -> any WatchHandle {
        let kind = try kind(of: resource)
        return try startWatch(kind, namespace, options) { events throws(Status) in
            var out: [ObjectEvent] = []
            for event in events {
                guard let one = try WatchTranslator.stored(event, matches: { _ in true }) else { continue }
                out.append(try WatchTranslator.decoded(event, one))
            }
            return out.isEmpty ? 0 : handler(.events(out))
        } signal: { message in
            switch message {
            case .events: 0
            case .initialEventsEnd(let revision): handler(.initialEventsEnd(revision: revision))
            case .bookmark(let revision): handler(.bookmark(revision: revision))
            case .ended(let status): handler(.ended(status))
            }
        }
    }

    private func startWatch(
        _ kind: KindSchema, _ namespace: String?, _ options: WatchOptions,
        events: @escaping @Sendable ([Event]) throws(Status) -> Int,
        signal: @escaping @Sendable (StoredWatchMessage) -> Int
    ) throws(Status) -> any WatchHandle {
        let range = KeyRange.prefix(StorageKeys.prefix(kind, namespace: namespace))
        var start = engine.currentRevision
        do {
            switch options.start {
            case .after(let revision):
                start = revision
            case .initialState:
                let found = try engine.range(RangeRequest(range))
                start = found.revision
                let rows = found.rows.map { Event(kind: .put, current: $0, previous: nil) }
                if !rows.isEmpty { _ = try events(rows) }
                _ = signal(.initialEventsEnd(revision: start))
            }
            let request = WatchRequest(range, startRevision: start + 1, withPrevious: true)
            return try engine.watch(request, sink: RegistryWatchSink(events: events, signal: signal))
        } catch let status as Status {
            throw status
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .internalError("\(error)")
        }
    }
}

/// Between the store's signals and a watcher's messages.
private final class RegistryWatchSink: WatchSink {
    private let events: @Sendable ([Event]) throws(Status) -> Int
    private let signal: @Sendable (StoredWatchMessage) -> Int

    init(
        events: @escaping @Sendable ([Event]) throws(Status) -> Int,
        signal: @escaping @Sendable (StoredWatchMessage) -> Int
    ) {
        self.events = events
        self.signal = signal
    }

    func receive(_ signal: WatchSignal) -> Int {
        switch signal {
        case .events(_, let batch):
            do {
                return try events(batch)
            } catch {
                return self.signal(.ended(error))
            }
        case .progress(let revision):
            return self.signal(.bookmark(revision: revision))
        case .cancelled(let reason):
            return self.signal(.ended(RegistryWatchSink.status(reason)))
        }
    }

    private static func status(_ reason: WatchCancellation) -> Status? {
        switch reason {
        case .compacted(let revision):
            .expired("too old resource version: history starts at \(revision)")
        case .tooSlow(let resume):
            .expired("too old resource version: the watcher did not keep up, resume after \(resume - 1)")
        case .closed:
            nil
        }
    }
}
