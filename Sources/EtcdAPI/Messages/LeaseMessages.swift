// The Lease service.

package struct LeaseGrantCall: Message, Hashable {
    package var ttl: Int64 = 0
    package var id: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "TTL", ttl)
        writer.int64(2, "ID", id)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&ttl)
        case 2: try reader.int64(&id)
        default: try reader.skip()
        }
    }
}

package struct LeaseGrantReply: Message, Hashable {
    package var header: ResponseHeader?
    package var id: Int64 = 0
    package var ttl: Int64 = 0
    package var error = ""

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.int64(2, "ID", id)
        writer.int64(3, "TTL", ttl)
        writer.string(4, "error", error)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.int64(&id)
        case 3: try reader.int64(&ttl)
        case 4: try reader.string(&error)
        default: try reader.skip()
        }
    }
}

package struct LeaseRevokeCall: Message, Hashable {
    package var id: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "ID", id)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&id)
        default: try reader.skip()
        }
    }
}

package struct LeaseRevokeReply: Message, Hashable {
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

package struct LeaseKeepAliveCall: Message, Hashable {
    package var id: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "ID", id)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&id)
        default: try reader.skip()
        }
    }
}

package struct LeaseKeepAliveReply: Message, Hashable {
    package var header: ResponseHeader?
    package var id: Int64 = 0
    package var ttl: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.int64(2, "ID", id)
        writer.int64(3, "TTL", ttl)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.int64(&id)
        case 3: try reader.int64(&ttl)
        default: try reader.skip()
        }
    }
}

package struct LeaseTimeToLiveCall: Message, Hashable {
    package var id: Int64 = 0
    package var keys = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "ID", id)
        writer.bool(2, "keys", keys)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&id)
        case 2: try reader.bool(&keys)
        default: try reader.skip()
        }
    }
}

package struct LeaseTimeToLiveReply: Message, Hashable {
    package var header: ResponseHeader?
    package var id: Int64 = 0
    package var ttl: Int64 = 0
    package var grantedTTL: Int64 = 0
    package var keys: [[UInt8]] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.int64(2, "ID", id)
        writer.int64(3, "TTL", ttl)
        writer.int64(4, "grantedTTL", grantedTTL)
        writer.bytesList(5, "keys", keys)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.int64(&id)
        case 3: try reader.int64(&ttl)
        case 4: try reader.int64(&grantedTTL)
        case 5: try reader.bytesList(&keys)
        default: try reader.skip()
        }
    }
}

package struct LeaseLeasesCall: Message, Hashable {
    package init() {}

    package func write(to writer: inout some FieldWriter) {}

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        try reader.skip()
    }
}

package struct LeaseStatus: Message, Hashable {
    package var id: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.int64(1, "ID", id)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.int64(&id)
        default: try reader.skip()
        }
    }
}

package struct LeaseLeasesReply: Message, Hashable {
    package var header: ResponseHeader?
    package var leases: [LeaseStatus] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.messages(2, "leases", leases)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.messages(&leases)
        default: try reader.skip()
        }
    }
}
