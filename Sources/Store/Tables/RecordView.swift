internal import Glibc

/// A place in the history: the revision of a transaction and the position of a change in it.
struct Revision: Comparable, Hashable, Sendable {
    var main: Int64
    var sub: UInt32

    static let none = Revision(main: 0, sub: 0)
    static func < (a: Revision, b: Revision) -> Bool { a.main < b.main || (a.main == b.main && a.sub < b.sub) }
}

/// What a record says about a key besides its bytes.
struct RecordHeader: Hashable {
    var revision: Revision
    var createRevision: Int64
    /// 0 exactly for a tombstone.
    var version: Int64
    var lease: Int64
    /// The key's record before this one; `.none` for the first.
    var previous: Revision

    var isTombstone: Bool { version == 0 }
}

/// One record of one key, in memory that somebody else keeps alive (the tail's arena or an LMDB snapshot).
struct RecordView {
    var header: RecordHeader
    var key: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer
    var checksum: UInt64

    var isTombstone: Bool { header.isTombstone }

    func keyValue(withValue: Bool = true) -> KeyValue {
        if isTombstone {
            return KeyValue(
                key: Array(key), value: [], createRevision: 0, modRevision: header.revision.main, version: 0)
        }
        return KeyValue(
            key: Array(key), value: withValue ? Array(value) : [], createRevision: header.createRevision,
            modRevision: header.revision.main, version: header.version, lease: header.lease)
    }

    var row: RowView {
        RowView(
            key: key, value: value, createRevision: header.createRevision, modRevision: header.revision.main,
            version: header.version, lease: header.lease)
    }
}

extension RecordHeader {
    static let encodedSize = 52

    /// Layout (little-endian): revision 0, sub 8, create revision 12, version 20, lease 28, previous revision 36,
    /// previous sub 44, reserved 48.
    func encode(to target: UnsafeMutableRawBufferPointer) {
        target.set(0, revision.main)
        target.set(8, revision.sub)
        target.set(12, createRevision)
        target.set(20, version)
        target.set(28, lease)
        target.set(36, previous.main)
        target.set(44, previous.sub)
        target.set(48, UInt32(0))
    }

    /// `source` has at least `encodedSize` bytes.
    init(decoding source: UnsafeRawBufferPointer) {
        revision = Revision(main: source.number(0), sub: source.number(8))
        createRevision = source.number(12)
        version = source.number(20)
        lease = source.number(28)
        previous = Revision(main: source.number(36), sub: source.number(44))
    }

    /// XXH64 over the encoded header, then the key, then the value, each seeded with the hash before it. It binds a
    /// value to its key and revision, so that a page in the wrong place cannot pass for the right one.
    func checksum(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> UInt64 {
        let head = withUnsafeTemporaryAllocation(byteCount: Self.encodedSize, alignment: 8) { scratch in
            encode(to: scratch)
            return hash64(UnsafeRawBufferPointer(scratch))
        }
        return hash64(value, seed: hash64(key, seed: head))
    }
}

/// Sum modulo 2^128 over the newest record of each key that exists. Adding and removing are their own inverses, so the
/// hash is kept with two additions a write, and does not depend on order or on compaction.
struct StateHash: Hashable, Sendable {
    var value: UInt128 = 0

    mutating func add(_ checksum: UInt64) { value &+= Self.spread(checksum) }
    mutating func remove(_ checksum: UInt64) { value &-= Self.spread(checksum) }

    private static func spread(_ checksum: UInt64) -> UInt128 {
        UInt128(hash64(checksum, seed: 1)) << 64 | UInt128(checksum)
    }
}
