internal import NIOCore

/// Encodes the header fields of answers (HPACK, RFC 7541). All good answers have the same two fields, which go into the
/// client's table with the first answer and are a byte each from then on; everything else is spelled out.
struct AnswerFields {
    private static let status200: UInt8 = 0x88
    private static let contentType = "application/grpc"

    private var usesTable = true
    private var mustEmptyTable = false
    /// Numbers in the client's table; the newest entry is 62.
    private var contentTypeNumber: UInt8?
    private var successNumber: UInt8?

    /// SETTINGS_HEADER_TABLE_SIZE of the client. One that keeps less than usual is told that we keep nothing there
    /// (RFC 7541, 4.2).
    mutating func peerKeeps(_ bytes: Int) {
        if bytes >= 4096 || !usesTable { return }
        usesTable = false
        mustEmptyTable = true
        contentTypeNumber = nil
        successNumber = nil
    }

    mutating func head(to block: inout ByteBuffer) {
        begin(&block)
        block.writeInteger(Self.status200)
        if let contentTypeNumber { return _ = block.writeInteger(0x80 | contentTypeNumber) }
        // The name is number 31 of the static table.
        if usesTable {
            block.writeInteger(UInt8(0x40 | 31))
            contentTypeNumber = 62
            successNumber = successNumber.map { $0 + 1 }
        } else {
            block.writeMultipleIntegers(UInt8(0x0f), UInt8(31 - 15))
        }
        Self.string(Self.contentType, to: &block)
    }

    mutating func success(to block: inout ByteBuffer) {
        begin(&block)
        if let successNumber { return _ = block.writeInteger(0x80 | successNumber) }
        block.writeInteger(UInt8(usesTable ? 0x40 : 0))
        Self.string("grpc-status", to: &block)
        Self.string("0", to: &block)
        if usesTable {
            successNumber = 62
            contentTypeNumber = contentTypeNumber.map { $0 + 1 }
        }
    }

    mutating func append(_ fields: [(String, String)], to block: inout ByteBuffer) {
        begin(&block)
        for (name, value) in fields {
            block.writeInteger(UInt8(0))
            Self.string(name, to: &block)
            Self.string(value, to: &block)
        }
    }

    private mutating func begin(_ block: inout ByteBuffer) {
        if !mustEmptyTable { return }
        mustEmptyTable = false
        block.writeInteger(UInt8(0x20))
    }

    /// Not by Huffman's code: what is short is not worth it.
    private static func string(_ text: String, to block: inout ByteBuffer) {
        let count = text.utf8.count
        if count < 127 {
            block.writeInteger(UInt8(count))
        } else {
            block.writeInteger(UInt8(127))
            var rest = count - 127
            while rest >= 0x80 {
                block.writeInteger(UInt8(rest & 0x7f | 0x80))
                rest >>= 7
            }
            block.writeInteger(UInt8(rest))
        }
        block.writeString(text)
    }
}
