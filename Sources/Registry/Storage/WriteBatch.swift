import Objects
import Store

/// One store transaction in the making: the compares that guard it and what it writes.
struct WriteBatch: Sendable {
    var compares: [Compare] = []
    var operations: [Operation] = []

    var isEmpty: Bool { operations.isEmpty }

    /// The key must not exist.
    mutating func create(_ key: [UInt8], _ value: [UInt8], lease: Int64 = 0) {
        compares.append(Compare(.key(key), .equal, .createRevision(0)))
        operations.append(.put(Put(key: key, value: value, lease: lease)))
    }

    /// The key must still be at `revision`.
    mutating func replace(_ key: [UInt8], at revision: Int64, _ value: [UInt8], lease: Int64 = 0) {
        guardUnchanged(key, at: revision)
        operations.append(.put(Put(key: key, value: value, lease: lease)))
    }

    mutating func remove(_ key: [UInt8], at revision: Int64) {
        guardUnchanged(key, at: revision)
        operations.append(.delete(Delete(.key(key))))
    }

    /// Whether it exists or not.
    mutating func remove(_ key: [UInt8]) { operations.append(.delete(Delete(.key(key)))) }

    /// 0: the key must not exist.
    mutating func guardUnchanged(_ key: [UInt8], at revision: Int64) {
        compares.append(Compare(.key(key), .equal, .modRevision(revision)))
    }
}

extension Registry {
    /// The revision of the transaction; nil if a compare failed, and then nothing was written.
    func submit(_ batch: WriteBatch, by user: User) async throws(Status) -> Int64? {
        let transaction = Transaction(compares: batch.compares, success: batch.operations)
        do {
            let result = try await engine.transact(transaction, origin: user.origin)
            return result.succeeded ? result.revision : nil
        } catch {
            throw .store(error)
        }
    }
}
