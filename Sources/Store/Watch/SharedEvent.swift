/// The event of one record, made when the first watcher wants it and shared by all others, array and all.
struct SharedEvent {
    private let record: RecordView
    private var bare: [Event]?
    private var full: [Event]?

    init(_ record: RecordView) { self.record = record }

    static func isWanted(_ record: RecordView, by request: WatchRequest) -> Bool {
        record.isTombstone ? !request.filtersDeletes : !request.filtersPuts
    }

    /// An array of the one event.
    mutating func event(for request: WatchRequest, in view: borrowing ReadView) throws(StoreError) -> [Event] {
        if !request.withPrevious {
            if let bare { return bare }
            let event = [make(previous: nil)]
            bare = event
            return event
        }
        if let full { return full }
        let event = [make(previous: try previous(in: view))]
        full = event
        return event
    }

    private func make(previous: KeyValue?) -> Event {
        Event(kind: record.isTombstone ? .delete : .put, current: record.keyValue(), previous: previous)
    }

    private func previous(in view: borrowing ReadView) throws(StoreError) -> KeyValue? {
        let before = record.header.revision.main - 1
        if record.header.previous == .none || before < view.published.compactRevision { return nil }
        guard let old = try view.record(record.key, at: before), !old.isTombstone else { return nil }
        return old.keyValue()
    }
}
