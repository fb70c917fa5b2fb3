import Store

extension LocalEngineOptions {
    /// For tests: an I/O error is recorded by the test and does not end the process.
    static func testing(onFatal: @escaping @Sendable (StoreError) -> Void = { _ in }) -> LocalEngineOptions {
        var options = LocalEngineOptions()
        options.onFatal = onFatal
        // Tests that are about space set their own.
        options.reserveBytes = 0
        options.marksSuspectOnCrash = false
        return options
    }
}

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
}

extension Engine {
    @discardableResult
    func put(_ key: String, _ value: String, lease: Int64 = 0) async throws -> Int64 {
        let put = Put(key: [UInt8](key), value: [UInt8](value), lease: lease)
        return try await transact(Transaction(success: [.put(put)]), origin: Origin("test")).revision
    }

    @discardableResult
    func delete(_ key: String) async throws -> Int64 {
        try await transact(Transaction(success: [.delete(Delete(.key([UInt8](key))))]), origin: Origin("test")).revision
    }

    func get(_ key: String, at revision: Int64 = 0) throws -> String? {
        try range(RangeRequest(.key([UInt8](key)), revision: revision)).rows.first.map {
            String(decoding: $0.value, as: UTF8.self)
        }
    }

    func list(_ prefix: String, at revision: Int64 = 0) throws -> [String] {
        try range(RangeRequest(.prefix([UInt8](prefix)), revision: revision)).rows.map {
            String(decoding: $0.key, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self)
        }
    }
}
