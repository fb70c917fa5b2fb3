import Testing

@testable import Store

/// Requests at the ends of what numbers and the log can hold.
@Suite struct RequestSizeTests {
    private let directory = TemporaryDirectory()

    // MARK: Limits

    private static let targets: [RangeRequest.SortTarget] = [.key, .version, .createRevision, .modRevision, .value]
    private static let orders: [RangeRequest.SortOrder] = [.none, .ascending, .descending]

    @Test func everyLimitIsPossibleInEveryOrder() async throws {
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        for (key, value) in [("/c", "1"), ("/a", "3"), ("/b", "2"), ("/c", "4"), ("/d", "0")] {
            try await engine.put(key, value)
        }
        for target in Self.targets {
            for order in Self.orders {
                let all = try await rows(engine, target, order, limit: 0)
                #expect(all.rows.count == 4 && all.count == 4 && !all.more)
                for limit in [Int.max, .max - 1, -1] {
                    #expect(try await rows(engine, target, order, limit: limit) == all, "\(target) \(order) \(limit)")
                }
                let one = try await rows(engine, target, order, limit: 1)
                #expect(one.rows.count == 1 && one.count == 4 && one.more, "\(target) \(order)")
            }
        }
    }

    /// Alone and in a transaction.
    private func rows(
        _ engine: LocalEngine, _ target: RangeRequest.SortTarget, _ order: RangeRequest.SortOrder, limit: Int
    ) async throws -> RangeResult {
        var request = RangeRequest(.prefix([UInt8]("/")), limit: limit)
        request.sortTarget = target
        request.sortOrder = order
        let alone = try engine.range(request)
        let result = try await engine.transact(Transaction(success: [.range(request)]), origin: Origin("test"))
        #expect(result.results == [.range(alone)], "\(target) \(order) \(limit)")
        return alone
    }

    // MARK: Bytes

    private func keep(_ count: Int) -> Transaction {
        Transaction(
            success: (0..<count).map { index -> Store.Operation in
                var put = Put(key: [UInt8]("/k\(index)"), value: [])
                put.ignoresValue = true
                return .put(put)
            })
    }

    /// A short request that writes more than a segment of the log has.
    @Test func valuesThatAreKeptCountInFull() async throws {
        let fatal = FatalCounter()
        let options = LocalEngineOptions.testing(onFatal: { _ in fatal.add() })
        var engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        for index in 0..<11 {
            let put = Put(key: [UInt8]("/k\(index)"), value: [UInt8](repeating: UInt8(index), count: 1_500_000))
            _ = try await engine.transact(Transaction(success: [.put(put)]), origin: Origin("test"))
        }
        let revision = engine.currentRevision
        let opened = engine
        let error = await #expect(throws: StoreError.self) {
            try await opened.transact(keep(11), origin: Origin("test"))
        }
        #expect(error?.code == .requestTooLarge)
        #expect(engine.currentRevision == revision)
        #expect(try engine.range(RangeRequest(.prefix([UInt8]("/k")))).rows.allSatisfy { $0.version == 1 })
        // One less is as long as a transaction can be.
        #expect(try await engine.transact(keep(10), origin: Origin("test")).revision == revision + 1)
        engine.close()
        engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        #expect(engine.currentRevision == revision + 1)
        let rows = try engine.range(RangeRequest(.prefix([UInt8]("/k")))).rows
        #expect(rows.count == 11 && rows.allSatisfy { $0.value.count == 1_500_000 })
        #expect(rows.filter { $0.version == 2 }.count == 10)
        #expect(fatal.value == 0)
    }

    @Test func oneThatKeepsAValueIsNotBrief() {
        #expect(!keep(1).isBrief)
        #expect(Transaction(success: [.put(Put(key: [UInt8]("/k"), value: []))]).isBrief)
    }

    /// Everything that a batch can hold at once fits into what the log promises, and that into a segment.
    @Test func theLongestBatchFitsIntoASegment() {
        let state = 8 + 24
        let longest = StoreLimits.batchBytes - 1 + StoreLimits.transactionLogBytes + state
        #expect(longest <= StoreLimits.batchLogBytes)
        let stepOfALease = StoreLimits.deletionBytes + 8 + 24 + StoreLimits.originBytes + LeaseRecord.logBytes
        #expect(StoreLimits.batchBytes - 1 + stepOfALease + state <= StoreLimits.batchLogBytes)
        let blocks = StoreLimits.segmentBytes / BlockHeader.size
        #expect(StoreLimits.batchLogBytes <= blocks * BlockHeader.payloadCapacity)
        #expect(BatchFormatter.blockCount(payload: StoreLimits.batchLogBytes) <= blocks)
    }

    /// A range that is deleted with what an operation before it puts into it.
    @Test func deletingWhatTheTransactionPutsIsCountedToo() async throws {
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        try await engine.put("/old", "1")
        let puts = (0..<100).map { Store.Operation.put(Put(key: [UInt8]("/new\($0)"), value: [])) }
        let delete = Store.Operation.delete(Delete(.prefix([UInt8]("/"))))
        let transaction = Transaction(
            success: [.transaction(Transaction(success: puts)), .transaction(Transaction(success: [delete]))])
        let result = try await engine.transact(transaction, origin: Origin("test"))
        guard case .transaction(let last)? = result.results.last else { return #expect(Bool(false)) }
        #expect(last.results == [.delete(count: 101, previous: [])])
        #expect(try engine.list("/") == [])
    }
}
