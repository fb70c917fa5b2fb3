import Objects
import Store

/// An object as it is in the store, with what the compare-and-swap needs.
struct Stored: Sendable {
    /// `metadata.resourceVersion` filled in.
    var object: Object
    var key: [UInt8]
    var revision: Int64
    var lease: Int64
}

extension Registry {
    func load(_ key: [UInt8], _ kind: KindSchema, at revision: Int64 = 0) throws(Status) -> Stored? {
        guard let row = try row(key, at: revision) else { return nil }
        var object = try ObjectCoding.decode(row.value, revision: row.modRevision)
        if EventConversion.isConverted(kind) { object = EventConversion.toEvents(object) }
        return Stored(object: object, key: key, revision: row.modRevision, lease: row.lease)
    }

    func row(_ key: [UInt8], at revision: Int64 = 0) throws(Status) -> KeyValue? {
        do {
            return try engine.range(RangeRequest(.key(key), revision: revision)).rows.first
        } catch {
            throw .store(error)
        }
    }
}
