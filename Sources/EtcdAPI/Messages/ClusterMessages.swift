// The Cluster service, of a cluster of one.

package struct Member: Message, Hashable {
    package var id: UInt64 = 0
    package var name = ""
    package var peerURLs: [String] = []
    package var clientURLs: [String] = []
    package var isLearner = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.uint64(1, "ID", id)
        writer.string(2, "name", name)
        writer.strings(3, "peerURLs", peerURLs)
        writer.strings(4, "clientURLs", clientURLs)
        writer.bool(5, "isLearner", isLearner)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.uint64(&id)
        case 2: try reader.string(&name)
        case 3: try reader.strings(&peerURLs)
        case 4: try reader.strings(&clientURLs)
        case 5: try reader.bool(&isLearner)
        default: try reader.skip()
        }
    }
}

package struct MemberListCall: Message, Hashable {
    package var linearizable = false

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.bool(1, "linearizable", linearizable)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.bool(&linearizable)
        default: try reader.skip()
        }
    }
}

package struct MemberListReply: Message, Hashable {
    package var header: ResponseHeader?
    package var members: [Member] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.messages(2, "members", members)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.messages(&members)
        default: try reader.skip()
        }
    }
}
