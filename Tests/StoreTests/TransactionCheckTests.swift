import TestSupport
import Testing

@testable import Store

/// Keys written twice in one request: the same answers as the rule that compares every put with every delete, which is
/// etcd's, in time for a request of any size.
@Suite struct TransactionCheckTests {
    /// etcd's `checkIntervals` word for word, but for its interval tree.
    private struct Oracle {
        var puts: Set<[UInt8]> = []
        var deletes: [KeyRange] = []

        /// nil: a key is written twice.
        init?(_ operations: [Store.Operation]) {
            for case .delete(let delete) in operations { deletes.append(delete.range) }
            for case .transaction(let nested) in operations {
                guard let success = Oracle(nested.success), let failure = Oracle(nested.failure) else { return nil }
                for key in success.puts.union(failure.puts) where !add(key) { return nil }
                deletes += success.deletes + failure.deletes
            }
            for case .put(let put) in operations where !add(put.key) { return nil }
        }

        private mutating func add(_ key: [UInt8]) -> Bool {
            puts.insert(key).inserted && !deletes.contains { $0.contains(key) }
        }
    }

    private struct Maker {
        var random: SeededRandom

        mutating func key() -> [UInt8] { (0...random.below(2)).map { _ in UInt8(97 + random.below(5)) } }

        mutating func range() -> KeyRange {
            switch random.below(8) {
            case 0: .interval(start: key(), end: key())
            case 1: .prefix(key())
            case 2: random.below(4) == 0 ? .from(key()) : .interval(start: [], end: key())
            default: .key(key())
            }
        }

        mutating func operations(depth: Int) -> [Store.Operation] {
            (0..<random.below(4)).map { _ -> Store.Operation in
                switch random.below(depth > 0 ? 6 : 3) {
                case 0: .delete(Delete(range()))
                case 1, 2: .put(Put(key: key(), value: []))
                default: .transaction(transaction(depth: depth - 1))
                }
            }
        }

        mutating func transaction(depth: Int) -> Transaction {
            Transaction(success: operations(depth: depth), failure: operations(depth: depth))
        }
    }

    private func isWrittenTwice(_ transaction: Transaction) throws -> Bool {
        do {
            try TransactionCheck.check(transaction)
            return false
        } catch {
            if error.code == .duplicateKey { return true }
            throw error
        }
    }

    @Test func theAnswersAreThoseOfTheSimpleRule() throws {
        let seed = TestSeed.value(8)
        print("TransactionCheckTests seed \(seed)")
        var maker = Maker(random: SeededRandom(seed: seed))
        var refused = 0
        for run in 0..<6_000 {
            let transaction = maker.transaction(depth: run % 5)
            let expected = Oracle(transaction.success) == nil || Oracle(transaction.failure) == nil
            #expect(try isWrittenTwice(transaction) == expected, "seed \(seed): \(transaction)")
            refused += expected ? 1 : 0
        }
        #expect(refused > 600 && refused < 5_400, "\(refused) of 6,000")
    }

    @Test func whatIsCoveredIsWhatTheRangesContain() {
        let seed = TestSeed.value(9)
        print("TransactionCheckTests seed \(seed)")
        var maker = Maker(random: SeededRandom(seed: seed))
        for run in 0..<300 {
            var ranges: [KeyRange] = []
            var cover = KeyCover()
            for _ in 0..<run % 12 {
                let some = (0..<maker.random.below(4)).map { _ in maker.range() }
                ranges += some
                var other = KeyCover(some)
                cover.take(&other)
            }
            for _ in 0..<60 {
                let key = maker.key()
                let expected = ranges.contains { $0.contains(key) }
                #expect(cover.contains(key) == expected, "seed \(seed): \(key) in \(ranges)")
                #expect((cover.anyCovered(of: [key]) == key) == expected, "seed \(seed): \(key) in \(ranges)")
            }
        }
    }

    @Test func siblingsAndBranchesAreJudgedAsByEtcd() throws {
        func put(_ key: String) -> Store.Operation { .put(Put(key: [UInt8](key), value: [])) }
        func delete(_ key: String) -> Store.Operation { .delete(Delete(.key([UInt8](key)))) }
        func nested(_ success: [Store.Operation], _ failure: [Store.Operation] = []) -> Store.Operation {
            .transaction(Transaction(success: success, failure: failure))
        }
        let cases: [(operations: [Store.Operation], isRefused: Bool)] = [
            ([nested([put("a")], [put("a")])], false), ([nested([put("a")], [delete("a")])], false),
            ([nested([put("a")]), nested([put("a")])], true), ([nested([put("a")]), put("a")], true),
            ([nested([put("a")]), nested([delete("a")])], false), ([nested([delete("a")]), nested([put("a")])], true),
            ([nested([delete("a")]), put("a")], true), ([nested([put("a")]), delete("a")], true),
            ([delete("a"), delete("a")], false), ([put("a"), put("b"), delete("c")], false),
        ]
        for (operations, isRefused) in cases {
            #expect(try isWrittenTwice(Transaction(success: operations)) == isRefused, "\(operations)")
            #expect(try isWrittenTwice(Transaction(success: [], failure: operations)) == isRefused, "\(operations)")
        }
    }

    /// 53,248 puts and as many deletes, four levels deep. Compared one by one that takes many minutes.
    @Test func aRequestWithVeryManyKeysIsCheckedQuickly() throws {
        var number = 0
        func leaf() -> [Store.Operation] {
            var operations: [Store.Operation] = []
            for _ in 0..<13 {
                number += 1
                operations.append(.put(Put(key: [UInt8]("p\(number)"), value: [])))
                let key = [UInt8]("d\(number)")
                let range: KeyRange = number % 2 == 0 ? .key(key) : .interval(start: key, end: key + [0])
                operations.append(.delete(Delete(range)))
            }
            return operations
        }
        func level(_ depth: Int) -> [Store.Operation] {
            if depth == 0 { return leaf() }
            return (0..<16).map { _ in .transaction(Transaction(success: level(depth - 1))) }
        }
        let transaction = Transaction(success: level(3))
        #expect(number == 53_248)
        let time = try ContinuousClock().measure { try TransactionCheck.check(transaction) }
        #expect(time < .seconds(60), "\(time)")
    }
}
