// Transactions: the messages with a `oneof`, which Swift says better with an enum.

package enum CompareResult: Int32, WireEnum {
    case equal, greater, less, notEqual

    package static let zero = CompareResult.equal
    package var wireName: String {
        switch self {
        case .equal: "EQUAL"
        case .greater: "GREATER"
        case .less: "LESS"
        case .notEqual: "NOT_EQUAL"
        }
    }
}

package enum CompareTarget: Int32, WireEnum {
    case version, create, mod, value, lease

    package static let zero = CompareTarget.version
    package var wireName: String {
        switch self {
        case .version: "VERSION"
        case .create: "CREATE"
        case .mod: "MOD"
        case .value: "VALUE"
        case .lease: "LEASE"
        }
    }
}

package struct CompareCall: Message, Hashable {
    /// The last member sent wins, as protobuf says of a `oneof`.
    package enum Operand: Hashable, Sendable {
        case version(Int64)
        case createRevision(Int64)
        case modRevision(Int64)
        case value([UInt8])
        case lease(Int64)
    }

    package var result = CompareResult.zero
    package var target = CompareTarget.zero
    package var key: [UInt8] = []
    package var operand: Operand?
    package var rangeEnd: [UInt8] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.enumeration(1, "result", result)
        writer.enumeration(2, "target", target)
        writer.bytes(3, "key", key)
        // All names are named even where a member is absent, so that the gateway learns them from an empty message.
        switch operand {
        case .version(let value): writer.present(4, "version", int64: value)
        case .createRevision(let value): writer.present(5, "create_revision", int64: value)
        case .modRevision(let value): writer.present(6, "mod_revision", int64: value)
        case .value(let value): writer.present(7, "value", bytes: value)
        case .lease(let value): writer.present(8, "lease", int64: value)
        case nil:
            writer.int64(4, "version", 0)
            writer.int64(5, "create_revision", 0)
            writer.int64(6, "mod_revision", 0)
            writer.bytes(7, "value", [])
            writer.int64(8, "lease", 0)
        }
        writer.bytes(64, "range_end", rangeEnd)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.enumeration(&result)
        case 2: try reader.enumeration(&target)
        case 3: try reader.bytes(&key)
        case 4: operand = .version(try integer(from: &reader))
        case 5: operand = .createRevision(try integer(from: &reader))
        case 6: operand = .modRevision(try integer(from: &reader))
        case 7:
            var value: [UInt8] = []
            try reader.bytes(&value)
            operand = .value(value)
        case 8: operand = .lease(try integer(from: &reader))
        case 64: try reader.bytes(&rangeEnd)
        default: try reader.skip()
        }
    }

    private func integer(from reader: inout some FieldReader) throws(WireError) -> Int64 {
        var value: Int64 = 0
        try reader.int64(&value)
        return value
    }
}

package struct TransactionCall: Message, Hashable {
    package var compare: [CompareCall] = []
    package var success: [OperationCall] = []
    package var failure: [OperationCall] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.messages(1, "compare", compare)
        writer.messages(2, "success", success)
        writer.messages(3, "failure", failure)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.messages(&compare)
        case 2: try reader.messages(&success)
        case 3: try reader.messages(&failure)
        default: try reader.skip()
        }
    }
}

package struct TransactionReply: Message, Hashable {
    package var header: ResponseHeader?
    package var succeeded = false
    package var responses: [OperationReply] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.message(1, "header", header)
        writer.bool(2, "succeeded", succeeded)
        writer.messages(3, "responses", responses)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.message(&header)
        case 2: try reader.bool(&succeeded)
        case 3: try reader.messages(&responses)
        default: try reader.skip()
        }
    }
}

package struct OperationCall: Message, Hashable {
    package enum Request: Hashable, Sendable {
        case range(RangeCall)
        case put(PutCall)
        case deleteRange(DeleteRangeCall)
        indirect case transaction(TransactionCall)
    }

    /// nil: an operation without a request, which etcd ignores.
    package var request: Request?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        var range: RangeCall?
        var put: PutCall?
        var deleteRange: DeleteRangeCall?
        var transaction: TransactionCall?
        switch request {
        case .range(let call): range = call
        case .put(let call): put = call
        case .deleteRange(let call): deleteRange = call
        case .transaction(let call): transaction = call
        case nil: break
        }
        writer.message(1, "request_range", range)
        writer.message(2, "request_put", put)
        writer.message(3, "request_delete_range", deleteRange)
        writer.message(4, "request_txn", transaction)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: request = .range(try OperationCall.nested(&reader))
        case 2: request = .put(try OperationCall.nested(&reader))
        case 3: request = .deleteRange(try OperationCall.nested(&reader))
        case 4: request = .transaction(try OperationCall.nested(&reader))
        default: try reader.skip()
        }
    }

    static func nested<M: Message>(_ reader: inout some FieldReader) throws(WireError) -> M {
        var value: M?
        try reader.message(&value)
        return value ?? M()
    }
}

package struct OperationReply: Message, Hashable {
    package enum Response: Hashable, Sendable {
        case range(RangeReply)
        case put(PutReply)
        case deleteRange(DeleteRangeReply)
        indirect case transaction(TransactionReply)
    }

    package var response: Response?

    package init() {}
    package init(_ response: Response) { self.response = response }

    package func write(to writer: inout some FieldWriter) {
        var range: RangeReply?
        var put: PutReply?
        var deleteRange: DeleteRangeReply?
        var transaction: TransactionReply?
        switch response {
        case .range(let reply): range = reply
        case .put(let reply): put = reply
        case .deleteRange(let reply): deleteRange = reply
        case .transaction(let reply): transaction = reply
        case nil: break
        }
        writer.message(1, "response_range", range)
        writer.message(2, "response_put", put)
        writer.message(3, "response_delete_range", deleteRange)
        writer.message(4, "response_txn", transaction)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: response = .range(try OperationCall.nested(&reader))
        case 2: response = .put(try OperationCall.nested(&reader))
        case 3: response = .deleteRange(try OperationCall.nested(&reader))
        case 4: response = .transaction(try OperationCall.nested(&reader))
        default: try reader.skip()
        }
    }
}
