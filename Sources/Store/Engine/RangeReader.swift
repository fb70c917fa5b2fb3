/// Reads for callers: one view while it is enough, a chain of views at one pinned revision for long ranges.
struct RangeReader {
    let context: StoreContext

    func range(_ request: RangeRequest) throws(StoreError) -> RangeResult {
        let evaluator = RangeEvaluator(request: request)
        var current: Int64 = 0
        var result = try evaluator.evaluate(revision: 0) { visit throws(StoreError) in
            current = try read(request, verifying: evaluator.needsValues, visit)
        }
        result.revision = current
        return result
    }

    func scan(_ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool) throws(StoreError) -> ScanResult {
        let evaluator = RangeEvaluator(request: request)
        var result = ScanResult(count: 0, more: false, revision: 0)
        var rows = 0
        result.revision = try read(request, verifying: evaluator.needsValues) { record throws(StoreError) in
            result.count += 1
            if request.countOnly { return true }
            if request.limit > 0, rows == request.limit {
                result.more = true
                return request.countsAll
            }
            if !evaluator.accepts(record.header) { return true }
            rows += 1
            if try body(record.row) { return true }
            result.more = true
            return false
        }
        return result
    }

    /// Calls `visit` with each existing key of the range at the revision asked for. Returns the store's revision.
    private func read(
        _ request: RangeRequest, verifying: Bool, _ visit: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) -> Int64 {
        if let failure = context.failure {
            throw StoreError(.unavailable, "the store has stopped: \(failure.message)", cause: failure.cause)
        }
        do {
            return try readChain(request, verifying: verifying, visit)
        } catch {
            // Wrong bytes must not be served to the next caller either.
            if error.code == .corrupt { context.fail(error) }
            throw error
        }
    }

    private func readChain(
        _ request: RangeRequest, verifying: Bool, _ visit: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) -> Int64 {
        let step = try firstStep(request, verifying: verifying, visit)
        guard let pin = step.pin else { return step.current }
        defer { context.pins.remove(pin) }
        var bounds = ScanBounds(request.range)
        bounds.start = step.last + [0]
        try continueChain(bounds, at: step.revision, pin, verifying: verifying, visit)
        return step.current
    }

    private struct FirstStep {
        var current: Int64
        var revision: Int64
        /// Set if there is more to read, behind `last`.
        var pin: Int?
        var last: [UInt8] = []
    }

    private func firstStep(
        _ request: RangeRequest, verifying: Bool, _ visit: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) -> FirstStep {
        let view = try ReadView(context)
        let current = view.published.revision
        let revision = try RangeEvaluator.revision(
            asked: request.revision, current: current, compacted: view.published.compactRevision)
        var step = FirstStep(current: current, revision: revision)
        if case .key(let key) = request.range {
            let record = try key.withRawBytes { key throws(StoreError) in try view.record(key, at: revision) }
            if let record, !record.isTombstone { _ = try visit(record) }
            return step
        }
        let end = try view.scan(
            ScanBounds(request.range), at: revision, verifying: verifying, rows: StoreLimits.viewRows, visit)
        if case .paused(let last) = end {
            // A compaction may be ahead of it by now: the next view looks.
            step.pin = context.pins.add(revision, now: context.storage.monotonicNanoseconds)
            step.last = last
        }
        return step
    }

    private func continueChain(
        _ first: ScanBounds, at revision: Int64, _ pin: Int, verifying: Bool,
        _ visit: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) {
        var bounds = first
        while true {
            let view = try ReadView(context)
            guard context.pins.holds(pin, now: context.storage.monotonicNanoseconds) else {
                throw StoreError(
                    .compacted, "the read at revision \(revision) took too long; read in pages with a limit")
            }
            // This view is newer than the one before, and the pin may have come too late.
            if try view.removedRevision() > revision {
                throw StoreError(
                    .compacted, "revision \(revision) was compacted while it was read; read in pages with a limit")
            }
            let end = try view.scan(bounds, at: revision, verifying: verifying, rows: StoreLimits.viewRows, visit)
            guard case .paused(let last) = end else { return }
            bounds.start = last + [0]
        }
    }
}
