import Objects
import Store

/// One store transaction in the making: the compares that guard it and what it writes. A key is written once: what is
/// said last counts.
struct WriteBatch: Sendable {
    private(set) var compares: [Compare] = []
    private var order: [[UInt8]] = []
    private var writes: [[UInt8]: Operation] = [:]
    private var grows = false

    /// Nothing is written but deletions and objects that are on their way out: a full store takes that.
    var isRelease: Bool { !grows }

    var operations: [Operation] { order.compactMap { writes[$0] } }

    /// The key must not exist.
    mutating func create(_ key: [UInt8], _ value: [UInt8], lease: Int64 = 0) {
        grows = true
        guardUnchanged(key, at: 0)
        write(key, .put(Put(key: key, value: value, lease: lease)))
    }

    /// The key must still be at `revision`.
    /// - Parameter isRelease: the object is being deleted.
    mutating func replace(
        _ key: [UInt8], at revision: Int64, _ value: [UInt8], lease: Int64 = 0, isRelease: Bool = false
    ) {
        grows = grows || !isRelease
        guardUnchanged(key, at: revision)
        write(key, .put(Put(key: key, value: value, lease: lease)))
    }

    mutating func remove(_ key: [UInt8], at revision: Int64) {
        guardUnchanged(key, at: revision)
        write(key, .delete(Delete(.key(key))))
    }

    /// 0: the key must not exist.
    mutating func guardUnchanged(_ key: [UInt8], at revision: Int64) {
        add(Compare(.key(key), .equal, .modRevision(revision)))
    }

    mutating func add(_ compare: Compare) {
        if !compares.contains(compare) { compares.append(compare) }
    }

    mutating func add(_ operation: Operation) {
        switch operation {
        case .put(let put):
            grows = true
            write(put.key, operation)
        case .delete(let delete): if case .key(let key) = delete.range { write(key, operation) }
        case .range, .transaction: break
        }
    }

    private mutating func write(_ key: [UInt8], _ operation: Operation) {
        if writes.updateValue(operation, forKey: key) == nil { order.append(key) }
    }
}

extension Registry {
    /// The revision of the transaction; nil if a compare failed, and then nothing was written.
    func submit(_ batch: WriteBatch, by user: User) async throws(Status) -> Int64? {
        let transaction = Transaction(compares: batch.compares, success: batch.operations, isRelease: batch.isRelease)
        do {
            let result = try await engine.transact(transaction, origin: user.origin)
            return result.succeeded ? result.revision : nil
        } catch {
            throw .store(error)
        }
    }
}
