internal import NIOCore
internal import Store

/// Writes the answer to a range straight from the store's memory into the buffer that goes to the socket: a list of
/// 10,000 keys makes no object a key and copies each value once.
struct RangeEncoder {
    let engine: any Engine
    let identity: Identity

    /// As grpc-go's default for what a server sends.
    static let limit = Int(Int32.max)

    static let tooLarge = GRPCStatus(
        .resourceExhausted, "grpc: trying to send message larger than max (\(limit)); read in pages with a limit")

    /// `requestTooLarge`: the answer is.
    func append(_ request: RangeRequest, to buffer: inout ByteBuffer) throws(StoreError) {
        let start = buffer.writerIndex
        if case .key = request.range {
        } else if !request.countOnly {
            buffer.reserveCapacity(minimumWritableBytes: 16_384)
        }
        let result = try engine.scan(request) { row throws(StoreError) in
            RowEncoder(row, withValue: !request.keysOnly).append(2, to: &buffer)
            if buffer.writerIndex - start > Self.limit {
                throw StoreError(.requestTooLarge, "the answer is too long")
            }
            return true
        }
        // The revision is known last, and fields may come in any order.
        var rest = RangeReply()
        rest.header = identity.header(result.revision)
        rest.more = result.more
        rest.count = Int64(result.count)
        ProtobufWriter.append(rest, to: &buffer)
    }
}

extension RangeRequest {
    /// Rows are wanted as they lie: all of them or the first ones, in key order.
    var isPlain: Bool {
        sortTarget == .key && sortOrder != .descending && minModRevision == 0 && maxModRevision == 0
            && minCreateRevision == 0 && maxCreateRevision == 0
    }
}

/// `mvccpb.KeyValue` in protobuf, written at once: sizes first, then bytes through a pointer.
private struct RowEncoder {
    private let row: RowView
    private let value: UnsafeRawBufferPointer
    private let size: Int

    init(_ row: RowView, withValue: Bool) {
        self.row = row
        value = withValue ? row.value : UnsafeRawBufferPointer(start: nil, count: 0)
        var size = Self.size(row.key) + Self.size(value)
        for field in [row.createRevision, row.modRevision, row.version, row.lease] { size += Self.size(field) }
        self.size = size
    }

    /// As field `number` of the message around it.
    func append(_ number: UInt8, to buffer: inout ByteBuffer) {
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size + 12) { target in
            var cursor = WireCursor(target)
            cursor.tag(number, .lengthDelimited)
            cursor.varint(UInt64(size))
            cursor.bytes(1, row.key)
            cursor.integer(2, row.createRevision)
            cursor.integer(3, row.modRevision)
            cursor.integer(4, row.version)
            cursor.bytes(5, value)
            cursor.integer(6, row.lease)
            return cursor.count
        }
    }

    private static func size(_ bytes: UnsafeRawBufferPointer) -> Int {
        bytes.isEmpty ? 0 : 1 + varintSize(UInt64(bytes.count)) + bytes.count
    }

    private static func size(_ value: Int64) -> Int { value == 0 ? 0 : 1 + varintSize(UInt64(bitPattern: value)) }
}

/// Writes protobuf into memory that is large enough. Field numbers are below 16, so that a tag is one byte.
private struct WireCursor {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

    mutating func tag(_ number: UInt8, _ type: WireType) { byte(number << 3 | UInt8(type.rawValue)) }

    mutating func integer(_ number: UInt8, _ value: Int64) {
        if value == 0 { return }
        tag(number, .varint)
        varint(UInt64(bitPattern: value))
    }

    mutating func bytes(_ number: UInt8, _ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty { return }
        tag(number, .lengthDelimited)
        varint(UInt64(bytes.count))
        UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(rest))
    }

    private mutating func byte(_ byte: UInt8) {
        target[count] = byte
        count += 1
    }
}
