package import Objects
package import Store

/// What a list says about itself when its items are through.
package struct ListTail: Sendable, Hashable {
    /// `metadata.resourceVersion`
    package var revision: Int64
    /// Empty: this was the last page.
    package var continueToken: String
    /// nil: nothing remains, or it is unknown because a selector was used.
    package var remaining: Int64?
}

extension Registry {
    /// As `list`, with the stored bytes.
    package func listStored(
        _ resource: ResourceName, namespace: String? = nil, options: ListOptions = ListOptions()
    ) throws(Status) -> StoredList {
        var items: [StoredBytes] = []
        let tail = try visitStored(resource, namespace: namespace, options: options) { row in
            items.append(StoredBytes(value: Array(row.value), revision: row.modRevision))
        }
        return StoredList(
            items: items, revision: tail.revision, continueToken: tail.continueToken, remaining: tail.remaining)
    }

    /// Hands out the rows of a list one by one, in key order and at one revision, without copying them: the buffers
    /// are valid during the call of `body` only. `counts`: what remains behind a limit is counted, which reads it.
    package func visitStored(
        _ resource: ResourceName, namespace: String? = nil, options: ListOptions = ListOptions(),
        counts: Bool = true, _ body: (RowView) -> Void
    ) throws(Status) -> ListTail {
        let plan = try ListPlan(
            try kind(of: resource), namespace: namespace, options, current: engine.currentRevision)
        var request = RangeRequest(plan.remainder, revision: plan.revision)
        let isLimited = plan.limit > 0 && plan.predicate.selectsEverything
        let counts = counts && isLimited
        request.countsAll = counts
        // One row more than asked for tells whether there is more. Behind the largest limit there is nothing.
        if isLimited, plan.limit < .max { request.limit = plan.limit + 1 }
        var visit = ListVisit(plan, counts: counts)
        let result: ScanResult
        do {
            result = try engine.scan(request) { row in visit.take(converted: row, body) }
        } catch {
            throw failure(error, plan)
        }
        if let failure = visit.failure { throw failure }
        let revision = plan.revision > 0 ? plan.revision : result.revision
        guard visit.hasMore, let last = visit.lastKey else {
            return ListTail(revision: revision, continueToken: "", remaining: nil)
        }
        return ListTail(
            revision: revision, continueToken: plan.token(after: last, at: revision),
            remaining: counts ? Int64(result.count - visit.taken) : nil)
    }

    /// As `visitStored`, for layers that do not know the store and that count nothing: the stored bytes, which are
    /// valid during the call only, and the revision.
    package func visitPage(
        _ resource: ResourceName, namespace: String?, options: ListOptions,
        _ body: (UnsafeRawBufferPointer, Int64) -> Void
    ) throws(Status) -> ListTail {
        try visitStored(resource, namespace: namespace, options: options, counts: false) { row in
            body(row.value, row.modRevision)
        }
    }

    private func failure(_ error: StoreError, _ plan: ListPlan) -> Status {
        guard error.code == .compacted else { return .store(error) }
        guard plan.isContinued, let start = plan.start else {
            return .expired("The resourceVersion for the provided list is too old.")
        }
        var status = Status.expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                + "without the continue parameter, or use the continue token in this response to retrieve the "
                + "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                + "objects that were created, modified, or deleted between the time the first chunk was returned and "
                + "now may show up in the list.")
        let rest = String(decoding: start.dropFirst(plan.prefix.count), as: UTF8.self)
        status.continueToken = ContinueToken(revision: -1, start: rest).text
        return status
    }
}

/// The state of a page while its rows go by.
private struct ListVisit {
    let plan: ListPlan
    /// What is behind the page is counted, so the rows go on.
    let counts: Bool
    var taken = 0
    var hasMore = false
    var lastKey: [UInt8]?
    var failure: Status?

    init(_ plan: ListPlan, counts: Bool) {
        self.plan = plan
        self.counts = counts
    }

    /// As `take`, with the row as the list's kind shows it.
    mutating func take(converted row: RowView, _ body: (RowView) -> Void) -> Bool {
        guard EventConversion.isConverted(plan.kind) else { return take(row, body) }
        do {
            let value = try EventConversion.served(Array(row.value), plan.kind)
            return value.withUnsafeBytes { bytes in
                take(
                    RowView(
                        key: row.key, value: bytes, createRevision: row.createRevision,
                        modRevision: row.modRevision, version: row.version, lease: row.lease), body)
            }
        } catch {
            failure = error
            return false
        }
    }

    /// False: enough.
    mutating func take(_ row: RowView, _ body: (RowView) -> Void) -> Bool {
        if plan.limit > 0, taken == plan.limit {
            hasMore = true
            return counts
        }
        do {
            guard try plan.predicate.matches(row.value) else { return true }
        } catch {
            failure = error
            return false
        }
        taken += 1
        if plan.limit > 0, taken == plan.limit { lastKey = Array(row.key) }
        body(row)
        return true
    }
}
