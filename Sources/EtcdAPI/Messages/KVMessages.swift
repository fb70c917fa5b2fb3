// The KV service and what all services share.

package enum SortOrder: Int32, WireEnum {
    case none, ascend, descend

    package static let zero = SortOrder.none
    package var wireName: String {
        switch self {
        case .none: "NONE"
        case .ascend: "ASCEND"
        case .descend: "DESCEND"
        }
    }
}

package enum SortTarget: Int32, WireEnum {
    case key, version, create, mod, value

    package static let zero = SortTarget.key
    package var wireName: String {
        switch self {
        case .key: "KEY"
        case .version: "VERSION"
        case .create: "CREATE"
        case .mod: "MOD"
        case .value: "VALUE"
        }
    }
}

package struct WireKeyValue: Message, Hashable {
    package var key: [UInt8] = []
    package var createRevision: Int64 = 0
    package var modRevision: Int64 = 0
    package var version: Int64 = 0
    package var value: [UInt8] = []
    package var lease: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "key", key)
        writer.int64(2, "create_revision", createRevision)
        writer.int64(3, "mod_revision", modRevision)
        writer.int64(4, "version", version)
        writer.bytes(5, "value", value)
        writer.int64(6, "lease", lease)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&key)
        case 2: try reader.int64(&createRevision)
        case 3: try reader.int64(&modRevision)
        case 4: try reader.int64(&version)
        case 5: try reader.bytes(&value)
        case 6: try reader.int64(&lease)
        default: try reader.skip()
        }
    }
}

package struct ResponseHeader: Message, Hashable {
    package var clusterID: UInt64 = 0
    package var memberID: UInt64 = 0
    package var revision: Int64 = 0
    package var raftTerm: UInt64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.uint64(1, "cluster_id", clusterID)
        writer.uint64(2, "member_id", memberID)
        writer.int64(3, "revision", revision)
        writer.uint64(4, "raft_term", raftTerm)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.uint64(&clusterID)
        case 2: try reader.uint64(&memberID)
        case 3: try reader.int64(&revision)
        case 4: try reader.uint64(&raftTerm)
        default: try reader.skip()
        }
    }
}

package struct RangeCall: Message, Hashable {
    package var key: [UInt8] = []
    package var rangeEnd: [UInt8] = []
    package var limit: Int64 = 0
    package var revision: Int64 = 0
    package var sortOrder = SortOrder.zero
    package var sortTarget = SortTarget.zero
    package var serializable = false
    package var keysOnly = false
    package var countOnly = false
    package var minModRevision: Int64 = 0
    package var maxModRevision: Int64 = 0
    package var minCreateRevision: Int64 = 0
    package var maxCreateRevision: Int64 = 0
    /// An order or a target that this build does not know; not written.
    package private(set) var hasUnknownSort = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "key", key)
        writer.bytes(2, "range_end", rangeEnd)
        writer.int64(3, "limit", limit)
        writer.int64(4, "revision", revision)
        writer.enumeration(5, "sort_order", sortOrder)
        writer.enumeration(6, "sort_target", sortTarget)
        writer.bool(7, "serializable", serializable)
        writer.bool(8, "keys_only", keysOnly)
        writer.bool(9, "count_only", countOnly)
        writer.int64(10, "min_mod_revision", minModRevision)
        writer.int64(11, "max_mod_revision", maxModRevision)
        writer.int64(12, "min_create_revision", minCreateRevision)
        writer.int64(13, "max_create_revision", maxCreateRevision)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&key)
        case 2: try reader.bytes(&rangeEnd)
        case 3: try reader.int64(&limit)
        case 4: try reader.int64(&revision)
        case 5: if try !reader.enumeration(&sortOrder) { hasUnknownSort = true }
        case 6: if try !reader.enumeration(&sortTarget) { hasUnknownSort = true }
        case 7: try reader.bool(&serializable)
        case 8: try reader.bool(&keysOnly)
        case 9: try reader.bool(&countOnly)
        case 10: try reader.int64(&minModRevision)
        case 11: try reader.int64(&maxModRevision)
        case 12: try reader.int64(&minCreateRevision)
        case 13: try reader.int64(&maxCreateRevision)
        default: try reader.skip()
        }
    }
}

package struct RangeReply: Message, Hashable {
    package var header: ResponseHeader?
    package var kvs: [WireKeyValue] = []
    package var more = false
    package var count: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.messages(2, "kvs", kvs)
        writer.bool(3, "more", more)
        writer.int64(4, "count", count)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.messages(&kvs)
        case 3: try reader.bool(&more)
        case 4: try reader.int64(&count)
        default: try reader.skip()
        }
    }
}

package struct PutCall: Message, Hashable {
    package var key: [UInt8] = []
    package var value: [UInt8] = []
    package var lease: Int64 = 0
    package var prevKv = false
    package var ignoreValue = false
    package var ignoreLease = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "key", key)
        writer.bytes(2, "value", value)
        writer.int64(3, "lease", lease)
        writer.bool(4, "prev_kv", prevKv)
        writer.bool(5, "ignore_value", ignoreValue)
        writer.bool(6, "ignore_lease", ignoreLease)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&key)
        case 2: try reader.bytes(&value)
        case 3: try reader.int64(&lease)
        case 4: try reader.bool(&prevKv)
        case 5: try reader.bool(&ignoreValue)
        case 6: try reader.bool(&ignoreLease)
        default: try reader.skip()
        }
    }
}

package struct PutReply: Message, Hashable {
    package var header: ResponseHeader?
    package var prevKv: WireKeyValue?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.message(2, "prev_kv", prevKv)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.message(&prevKv)
        default: try reader.skip()
        }
    }
}

package struct DeleteRangeCall: Message, Hashable {
    package var key: [UInt8] = []
    package var rangeEnd: [UInt8] = []
    package var prevKv = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "key", key)
        writer.bytes(2, "range_end", rangeEnd)
        writer.bool(3, "prev_kv", prevKv)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&key)
        case 2: try reader.bytes(&rangeEnd)
        case 3: try reader.bool(&prevKv)
        default: try reader.skip()
        }
    }
}

package struct DeleteRangeReply: Message, Hashable {
    package var header: ResponseHeader?
    package var deleted: Int64 = 0
    package var prevKvs: [WireKeyValue] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.int64(2, "deleted", deleted)
        writer.messages(3, "prev_kvs", prevKvs)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.int64(&deleted)
        case 3: try reader.messages(&prevKvs)
        default: try reader.skip()
        }
    }
}

package struct CompactionCall: Message, Hashable {
    package var revision: Int64 = 0
    package var physical = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "revision", revision)
        writer.bool(2, "physical", physical)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&revision)
        case 2: try reader.bool(&physical)
        default: try reader.skip()
        }
    }
}

package struct CompactionReply: Message, Hashable {
    package var header: ResponseHeader?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        default: try reader.skip()
        }
    }
}
