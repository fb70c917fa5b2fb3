// The Lock and Election services.

package struct LockCall: Message, Hashable {
    package var name: [UInt8] = []
    package var lease: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "name", name)
        writer.int64(2, "lease", lease)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&name)
        case 2: try reader.int64(&lease)
        default: try reader.skip()
        }
    }
}

package struct LockReply: Message, Hashable {
    package var header: ResponseHeader?
    package var key: [UInt8] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.bytes(2, "key", key)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.bytes(&key)
        default: try reader.skip()
        }
    }
}

package struct UnlockCall: Message, Hashable {
    package var key: [UInt8] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "key", key)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&key)
        default: try reader.skip()
        }
    }
}

package struct UnlockReply: Message, Hashable {
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

package struct LeaderKey: Message, Hashable {
    package var name: [UInt8] = []
    package var key: [UInt8] = []
    package var rev: Int64 = 0
    package var lease: Int64 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "name", name)
        writer.bytes(2, "key", key)
        writer.int64(3, "rev", rev)
        writer.int64(4, "lease", lease)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&name)
        case 2: try reader.bytes(&key)
        case 3: try reader.int64(&rev)
        case 4: try reader.int64(&lease)
        default: try reader.skip()
        }
    }
}

package struct CampaignCall: Message, Hashable {
    package var name: [UInt8] = []
    package var lease: Int64 = 0
    package var value: [UInt8] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "name", name)
        writer.int64(2, "lease", lease)
        writer.bytes(3, "value", value)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&name)
        case 2: try reader.int64(&lease)
        case 3: try reader.bytes(&value)
        default: try reader.skip()
        }
    }
}

package struct CampaignReply: Message, Hashable {
    package var header: ResponseHeader?
    package var leader: LeaderKey?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.message(2, "leader", leader)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.message(&leader)
        default: try reader.skip()
        }
    }
}

package struct ProclaimCall: Message, Hashable {
    package var leader: LeaderKey?
    package var value: [UInt8] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "leader", leader)
        writer.bytes(2, "value", value)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&leader)
        case 2: try reader.bytes(&value)
        default: try reader.skip()
        }
    }
}

package struct ProclaimReply: Message, Hashable {
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

package struct LeaderCall: Message, Hashable {
    package var name: [UInt8] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bytes(1, "name", name)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bytes(&name)
        default: try reader.skip()
        }
    }
}

package struct LeaderReply: Message, Hashable {
    package var header: ResponseHeader?
    package var kv: WireKeyValue?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.message(2, "kv", kv)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.message(&kv)
        default: try reader.skip()
        }
    }
}

package struct ResignCall: Message, Hashable {
    package var leader: LeaderKey?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "leader", leader)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&leader)
        default: try reader.skip()
        }
    }
}

package struct ResignReply: Message, Hashable {
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
