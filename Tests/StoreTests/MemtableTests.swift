import Glibc
import Synchronization
import Testing

@testable import Store

@Suite struct MemtableTests {
    /// Keys are inserted in front of one that is there, one closer to it than the other: it must be found all the while.
    @Test func aKeyIsFoundWhileOthersAreInsertedInFrontOfIt() throws {
        let missed = try withKeyBehind { table, key, done in
            var missed = 0
            while !done.load(ordering: .acquiring) { if table.find(key) == nil { missed += 1 } }
            return missed
        }
        #expect(missed == 0)
    }

    /// A scan that begins at a key never begins in front of it.
    @Test func aSearchNeverEndsInFrontOfItsKey() throws {
        let wrong = try withKeyBehind { table, key, done in
            var wrong = 0
            while !done.load(ordering: .acquiring) {
                if let node = table.seek(key), compareBytes(node.key, key) < 0 { wrong += 1 }
            }
            return wrong
        }
        #expect(wrong == 0)
    }

    /// Inserts 200,000 keys in rising order, all of them smaller than one that is there from the start, while `read` runs.
    private func withKeyBehind(
        _ read: @escaping @Sendable (Memtable, UnsafeRawBufferPointer, borrowing Atomic<Bool>) -> Int
    ) throws -> Int {
        let table = Memtable()
        let done = Flag()
        let transaction = table.addTransaction(nanoseconds: 0, origin: UnsafeRawBufferPointer(start: nil, count: 0))
        let insert = { (key: UInt64) in
            withUnsafeBytes(of: key.bigEndian) { bytes in
                let revision = Revision(main: Int64(key & 0xffff_ffff) + 2, sub: 0)
                let header = RecordHeader(
                    revision: revision, createRevision: revision.main, version: 1, lease: 0, previous: .none)
                table.insert(
                    header, key: bytes, value: UnsafeRawBufferPointer(start: nil, count: 0), transaction: transaction)
            }
        }
        insert(.max)
        let result = Mutex(0)
        let reader = try StoreThread(name: "reader") {
            let found = withUnsafeBytes(of: UInt64.max) { read(table, $0, done.value) }
            result.withLock { $0 = found }
        }
        for key in 0..<UInt64(200_000) { insert(key) }
        done.value.store(true, ordering: .releasing)
        reader.join()
        return result.withLock { $0 }
    }

    private final class Flag: Sendable { let value = Atomic(false) }
}
