// The Maintenance service, and the one answer that the Auth service gives.

package enum AlarmType: Int32, WireEnum {
    case none, noSpace, corrupt

    package static let zero = AlarmType.none
    package var wireName: String {
        switch self {
        case .none: "NONE"
        case .noSpace: "NOSPACE"
        case .corrupt: "CORRUPT"
        }
    }
}

package enum AlarmAction: Int32, WireEnum {
    case get, activate, deactivate

    package static let zero = AlarmAction.get
    package var wireName: String {
        switch self {
        case .get: "GET"
        case .activate: "ACTIVATE"
        case .deactivate: "DEACTIVATE"
        }
    }
}

package struct AlarmMember: Message, Hashable {
    package var memberID: UInt64 = 0
    package var alarm = AlarmType.zero

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.uint64(1, "memberID", memberID)
        writer.enumeration(2, "alarm", alarm)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.uint64(&memberID)
        case 2: try reader.enumeration(&alarm)
        default: try reader.skip()
        }
    }
}

package struct AlarmCall: Message, Hashable {
    package var action = AlarmAction.zero
    package var memberID: UInt64 = 0
    package var alarm = AlarmType.zero

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.enumeration(1, "action", action)
        writer.uint64(2, "memberID", memberID)
        writer.enumeration(3, "alarm", alarm)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.enumeration(&action)
        case 2: try reader.uint64(&memberID)
        case 3: try reader.enumeration(&alarm)
        default: try reader.skip()
        }
    }
}

package struct AlarmReply: Message, Hashable {
    package var header: ResponseHeader?
    package var alarms: [AlarmMember] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.messages(2, "alarms", alarms)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.messages(&alarms)
        default: try reader.skip()
        }
    }
}

package struct StatusCall: Message, Hashable {
    package init() {}

    package func write(to writer: inout some FieldWriter) {}

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        try reader.skip()
    }
}

package struct StatusReply: Message, Hashable {
    package var header: ResponseHeader?
    package var version = ""
    package var dbSize: Int64 = 0
    package var leader: UInt64 = 0
    package var raftIndex: UInt64 = 0
    package var raftTerm: UInt64 = 0
    package var raftAppliedIndex: UInt64 = 0
    package var errors: [String] = []
    package var dbSizeInUse: Int64 = 0
    package var isLearner = false
    package var storageVersion = ""
    package var dbSizeQuota: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.string(2, "version", version)
        writer.int64(3, "dbSize", dbSize)
        writer.uint64(4, "leader", leader)
        writer.uint64(5, "raftIndex", raftIndex)
        writer.uint64(6, "raftTerm", raftTerm)
        writer.uint64(7, "raftAppliedIndex", raftAppliedIndex)
        writer.strings(8, "errors", errors)
        writer.int64(9, "dbSizeInUse", dbSizeInUse)
        writer.bool(10, "isLearner", isLearner)
        writer.string(11, "storageVersion", storageVersion)
        writer.int64(12, "dbSizeQuota", dbSizeQuota)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.string(&version)
        case 3: try reader.int64(&dbSize)
        case 4: try reader.uint64(&leader)
        case 5: try reader.uint64(&raftIndex)
        case 6: try reader.uint64(&raftTerm)
        case 7: try reader.uint64(&raftAppliedIndex)
        case 8: try reader.strings(&errors)
        case 9: try reader.int64(&dbSizeInUse)
        case 10: try reader.bool(&isLearner)
        case 11: try reader.string(&storageVersion)
        case 12: try reader.int64(&dbSizeQuota)
        default: try reader.skip()
        }
    }
}

package struct DefragmentCall: Message, Hashable {
    package init() {}

    package func write(to writer: inout some FieldWriter) {}

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        try reader.skip()
    }
}

package struct DefragmentReply: Message, Hashable {
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

package struct HashCall: Message, Hashable {
    package init() {}

    package func write(to writer: inout some FieldWriter) {}

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        try reader.skip()
    }
}

package struct HashReply: Message, Hashable {
    package var header: ResponseHeader?
    package var hash: UInt32 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.uint32(2, "hash", hash)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.uint32(&hash)
        default: try reader.skip()
        }
    }
}

package struct HashKVCall: Message, Hashable {
    package var revision: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "revision", revision)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&revision)
        default: try reader.skip()
        }
    }
}

package struct HashKVReply: Message, Hashable {
    package var header: ResponseHeader?
    package var hash: UInt32 = 0
    package var compactRevision: Int64 = 0
    package var hashRevision: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.uint32(2, "hash", hash)
        writer.int64(3, "compact_revision", compactRevision)
        writer.int64(4, "hash_revision", hashRevision)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.uint32(&hash)
        case 3: try reader.int64(&compactRevision)
        case 4: try reader.int64(&hashRevision)
        default: try reader.skip()
        }
    }
}

package struct AuthStatusCall: Message, Hashable {
    package init() {}

    package func write(to writer: inout some FieldWriter) {}

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        try reader.skip()
    }
}

package struct AuthStatusReply: Message, Hashable {
    package var header: ResponseHeader?
    package var enabled = false
    package var authRevision: UInt64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.bool(2, "enabled", enabled)
        writer.uint64(3, "authRevision", authRevision)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.bool(&enabled)
        case 3: try reader.uint64(&authRevision)
        default: try reader.skip()
        }
    }
}
