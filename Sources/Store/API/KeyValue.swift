/// One key as it was at one revision (etcd's `mvccpb.KeyValue`).
package struct KeyValue: Sendable, Hashable {
    package var key: [UInt8]
    package var value: [UInt8]
    /// Revision of the put that created the key (since its last deletion).
    package var createRevision: Int64
    /// Revision of the last put.
    package var modRevision: Int64
    /// Number of puts since creation; 0 in the event of a deletion.
    package var version: Int64
    /// 0: no lease.
    package var lease: Int64

    package init(
        key: [UInt8], value: [UInt8], createRevision: Int64, modRevision: Int64, version: Int64, lease: Int64 = 0
    ) {
        self.key = key
        self.value = value
        self.createRevision = createRevision
        self.modRevision = modRevision
        self.version = version
        self.lease = lease
    }
}

/// A row during a scan, pointing into the store's memory: valid during the call that hands it out, and only there.
/// (Pointers and not spans: a stored `RawSpan` still needs experimental lifetime features in Swift 6.3.)
package struct RowView {
    package let key: UnsafeRawBufferPointer
    package let value: UnsafeRawBufferPointer
    package let createRevision: Int64
    package let modRevision: Int64
    package let version: Int64
    package let lease: Int64

    package init(
        key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, createRevision: Int64, modRevision: Int64,
        version: Int64, lease: Int64
    ) {
        self.key = key
        self.value = value
        self.createRevision = createRevision
        self.modRevision = modRevision
        self.version = version
        self.lease = lease
    }
}

/// A single key, a half-open interval `[start, end)`, or everything from `start` on.
package enum KeyRange: Sendable, Hashable {
    case key([UInt8])
    case interval(start: [UInt8], end: [UInt8])
    case from([UInt8])

    /// All keys that start with `prefix` (an empty prefix: all keys).
    package static func prefix(_ prefix: [UInt8]) -> KeyRange {
        var end = prefix
        while let last = end.popLast() {
            if last < 0xff { return .interval(start: prefix, end: end + [last + 1]) }
        }
        return .from(prefix)
    }

    package func contains(_ key: [UInt8]) -> Bool {
        switch self {
        case .key(let only): key == only
        case .interval(let start, let end): !key.lexicographicallyPrecedes(start) && key.lexicographicallyPrecedes(end)
        case .from(let start): !key.lexicographicallyPrecedes(start)
        }
    }
}

/// Who made a write: kept with the transaction so that history can say when and by whom. At most 128 bytes of UTF-8.
package struct Origin: Sendable, Hashable {
    package var description: String
    package init(_ description: String) { self.description = description }
}

/// One change of a key: when, by whom, and what it was afterwards.
package struct KeyVersion: Sendable, Hashable {
    package var revision: Int64
    /// Wall clock, since 1970; nil if it is not known.
    package var nanoseconds: Int64?
    package var origin: String
    /// nil: the change deleted the key.
    package var value: [UInt8]?

    package init(revision: Int64, nanoseconds: Int64?, origin: String, value: [UInt8]?) {
        self.revision = revision
        self.nanoseconds = nanoseconds
        self.origin = origin
        self.value = value
    }
}

package struct Lease: Sendable, Hashable {
    package var id: Int64
    package var grantedSeconds: Int64
    package var remainingSeconds: Int64
    package init(id: Int64, grantedSeconds: Int64, remainingSeconds: Int64) {
        self.id = id
        self.grantedSeconds = grantedSeconds
        self.remainingSeconds = remainingSeconds
    }
}
