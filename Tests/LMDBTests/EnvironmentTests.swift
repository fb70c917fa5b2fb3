import Glibc
import LMDB
import Testing

@Suite struct EnvironmentTests {
    private func withEnvironment(_ body: (borrowing Environment) throws -> Void) throws {
        var template = Array("/var/tmp/berth-lmdb-XXXXXX".utf8CString)
        let path = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { preconditionFailure("mkdtemp") }
            return String(cString: start)
        }
        defer {
            for name in ["/data.mdb", "/lock.mdb", ""] { remove(path + name) }
        }
        let environment = try Environment(directory: path, mapSize: 1 << 30, maximumTables: 4)
        try body(environment)
    }

    private func bytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try Array(text.utf8).withUnsafeBytes(body)
    }

    private func get(_ reader: borrowing ReadTransaction, _ table: Table, _ key: String) throws -> String? {
        try bytes(key) { try reader.get(table, $0).map { String(decoding: $0, as: UTF8.self) } }
    }

    private func isClean(
        _ writer: borrowing WriteTransaction, _ table: Table, _ key: String, _ environment: borrowing Environment
    ) throws -> Bool? {
        try bytes(key) { key in
            guard let value = try writer.get(table, key) else { return nil }
            return environment.isClean(value)
        }
    }

    @Test func aCommitIsSeenByLaterReadersOnly() throws {
        try withEnvironment { environment in
            let first = try WriteTransaction(environment)
            let table = try first.openTable("t")
            try bytes("k") { key in try bytes("v") { try first.put(table, key, $0) } }
            try first.commit()
            let before = try ReadTransaction(environment)
            let second = try WriteTransaction(environment)
            try bytes("k") { _ = try second.delete(table, $0) }
            try second.commit()
            let after = try ReadTransaction(environment)
            let (seenBefore, seenAfter) = (try get(before, table, "k"), try get(after, table, "k"))
            #expect(seenBefore == "v")
            #expect(seenAfter == nil)
            let commits = after.id - before.id
            #expect(commits == 1)
        }
    }

    @Test func aTransactionThatIsNotCommittedLeavesNothing() throws {
        try withEnvironment { environment in
            let setup = try WriteTransaction(environment)
            let table = try setup.openTable("t")
            try setup.commit()
            do {
                let dropped = try WriteTransaction(environment)
                try bytes("k") { key in try bytes("v") { try dropped.put(table, key, $0) } }
            }
            let reader = try ReadTransaction(environment)
            let seen = try get(reader, table, "k")
            #expect(seen == nil)
        }
    }

    @Test func cursorsSeekAndWalkInByteOrder() throws {
        try withEnvironment { environment in
            let writer = try WriteTransaction(environment)
            let table = try writer.openTable("t")
            for key in ["b", "a", "ab", "c"] {
                try bytes(key) { key in try bytes("v") { try writer.put(table, key, $0) } }
            }
            try writer.commit()
            let reader = try ReadTransaction(environment)
            var found: [String] = []
            try reader.withCursor(table) { cursor in
                try bytes("aa") { start in
                    var entry = try cursor.seek(start)
                    while let present = entry {
                        found.append(String(decoding: present.key, as: UTF8.self))
                        entry = try cursor.next()
                    }
                }
            }
            #expect(found == ["ab", "b", "c"])
        }
    }

    @Test func dirtyPagesAreToldFromCleanOnes() throws {
        try withEnvironment { environment in
            let writer = try WriteTransaction(environment)
            let table = try writer.openTable("t")
            try bytes("k") { key in try bytes("v") { try writer.put(table, key, $0) } }
            let whileWriting = try isClean(writer, table, "k", environment)
            #expect(whileWriting == false)
            try writer.commit()
            let next = try WriteTransaction(environment)
            let whenCommitted = try isClean(next, table, "k", environment)
            #expect(whenCommitted == true)
        }
    }
}
