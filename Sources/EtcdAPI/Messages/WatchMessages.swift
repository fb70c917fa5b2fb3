// The Watch service.

package enum EventType: Int32, WireEnum {
    case put, delete

    package static let zero = EventType.put
    package var wireName: String {
        switch self {
        case .put: "PUT"
        case .delete: "DELETE"
        }
    }
}

package enum WatchFilter: Int32, WireEnum {
    case noPut, noDelete

    package static let zero = WatchFilter.noPut
    package var wireName: String {
        switch self {
        case .noPut: "NOPUT"
        case .noDelete: "NODELETE"
        }
    }
}

package struct WireEvent: Message, Hashable {
    package var type = EventType.zero
    package var kv: WireKeyValue?
    package var prevKv: WireKeyValue?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.enumeration(1, "type", type)
        writer.message(2, "kv", kv)
        writer.message(3, "prev_kv", prevKv)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.enumeration(&type)
        case 2: try reader.message(&kv)
        case 3: try reader.message(&prevKv)
        default: try reader.skip()
        }
    }
}

package struct WatchCreateCall: Message, Hashable {
    package var key: [UInt8] = []
    package var rangeEnd: [UInt8] = []
    package var startRevision: Int64 = 0
    package var progressNotify = false
    package var filters: [WatchFilter] = []
    package var prevKv = false
    package var watchID: Int64 = 0
    package var fragment = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "key", key)
        writer.bytes(2, "range_end", rangeEnd)
        writer.int64(3, "start_revision", startRevision)
        writer.bool(4, "progress_notify", progressNotify)
        writer.enumerations(5, "filters", filters)
        writer.bool(6, "prev_kv", prevKv)
        writer.int64(7, "watch_id", watchID)
        writer.bool(8, "fragment", fragment)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&key)
        case 2: try reader.bytes(&rangeEnd)
        case 3: try reader.int64(&startRevision)
        case 4: try reader.bool(&progressNotify)
        case 5: try reader.enumerations(&filters)
        case 6: try reader.bool(&prevKv)
        case 7: try reader.int64(&watchID)
        case 8: try reader.bool(&fragment)
        default: try reader.skip()
        }
    }
}

package struct WatchCancelCall: Message, Hashable {
    package var watchID: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "watch_id", watchID)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&watchID)
        default: try reader.skip()
        }
    }
}

package struct WatchProgressCall: Message, Hashable {
    package init() {}

    package func write(to writer: inout some FieldWriter) {}

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        try reader.skip()
    }
}

package struct WatchCall: Message, Hashable {
    package var createRequest: WatchCreateCall?
    package var cancelRequest: WatchCancelCall?
    package var progressRequest: WatchProgressCall?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "create_request", createRequest)
        writer.message(2, "cancel_request", cancelRequest)
        writer.message(3, "progress_request", progressRequest)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&createRequest)
        case 2: try reader.message(&cancelRequest)
        case 3: try reader.message(&progressRequest)
        default: try reader.skip()
        }
    }
}

package struct WatchReply: Message, Hashable {
    package var header: ResponseHeader?
    package var watchID: Int64 = 0
    package var created = false
    package var canceled = false
    package var compactRevision: Int64 = 0
    package var cancelReason = ""
    package var fragment = false
    package var events: [WireEvent] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.int64(2, "watch_id", watchID)
        writer.bool(3, "created", created)
        writer.bool(4, "canceled", canceled)
        writer.int64(5, "compact_revision", compactRevision)
        writer.string(6, "cancel_reason", cancelReason)
        writer.bool(7, "fragment", fragment)
        writer.messages(11, "events", events)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.int64(&watchID)
        case 3: try reader.bool(&created)
        case 4: try reader.bool(&canceled)
        case 5: try reader.int64(&compactRevision)
        case 6: try reader.string(&cancelReason)
        case 7: try reader.bool(&fragment)
        case 11: try reader.messages(&events)
        default: try reader.skip()
        }
    }
}
