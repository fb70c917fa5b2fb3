/// A query as it came (RFC 1035, section 4; EDNS: RFC 6891). Reading is strict: what does not add up to the last byte
/// is refused, because an answer to a misread question would be a wrong answer.
package struct DNSQuery: Sendable, Equatable {
    package enum Fault: Error, Sendable, Equatable {
        /// No answer at all: shorter than a header, or itself an answer.
        case unanswerable
        /// FORMERR; `id` and `wantsRecursion` are those of the header.
        case malformed(id: UInt16, wantsRecursion: Bool)
        /// NOTIMP: an operation that is no query.
        case operation(id: UInt16, opcode: UInt8, wantsRecursion: Bool)
    }

    package struct Extension: Sendable, Equatable {
        /// What the asker can take in one datagram; at least 512.
        package var payloadSize: Int
        package var version: UInt8
        package var wantsSignatures: Bool
    }

    package let id: UInt16
    package let wantsRecursion: Bool
    package let name: DNSName
    package let type: UInt16
    package let `class`: UInt16
    /// The question's bytes, to be sent back as they came.
    package let question: [UInt8]
    package let edns: Extension?

    package init(_ bytes: [UInt8]) throws(Fault) {
        guard bytes.count >= 12, bytes[2] & 0x80 == 0 else { throw .unanswerable }
        id = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        wantsRecursion = bytes[2] & 1 != 0
        let opcode = bytes[2] >> 3 & 15
        guard opcode == 0 else { throw .operation(id: id, opcode: opcode, wantsRecursion: wantsRecursion) }
        guard let body = Self.readBody(bytes) else { throw .malformed(id: id, wantsRecursion: wantsRecursion) }
        name = body.name
        type = body.type
        `class` = body.class
        question = Array(bytes[12..<body.questionEnd])
        edns = body.edns
    }

    private struct Body {
        var name: DNSName
        var type: UInt16
        var `class`: UInt16
        var questionEnd: Int
        var edns: Extension?
    }

    /// One question, no answers, no authority; of the additional records only OPT counts, and at most once.
    private static func readBody(_ bytes: [UInt8]) -> Body? {
        var reader = DNSReader(bytes, from: 4)
        guard reader.short() == 1, reader.short() == 0, reader.short() == 0, let additional = reader.short(),
            let name = reader.name(), let type = reader.short(), let `class` = reader.short()
        else { return nil }
        var body = Body(name: name, type: type, class: `class`, questionEnd: reader.position, edns: nil)
        for _ in 0..<additional {
            guard let owner = reader.name(), let type = reader.short(), let size = reader.short(),
                let high = reader.short(), let low = reader.short(), let length = reader.short(),
                reader.skip(Int(length))
            else { return nil }
            guard type == DNSType.opt.rawValue else { continue }
            guard owner.labels.isEmpty, body.edns == nil else { return nil }
            body.edns = Extension(
                payloadSize: max(512, Int(size)), version: UInt8(high & 0xff), wantsSignatures: low & 0x8000 != 0)
        }
        return reader.isAtEnd ? body : nil
    }
}

/// Reads a message from front to back; nil where it ends too early or says what cannot be.
struct DNSReader {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func short() -> UInt16? {
        guard position + 2 <= bytes.count else { return nil }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    mutating func skip(_ count: Int) -> Bool {
        guard position + count <= bytes.count else { return false }
        position += count
        return true
    }

    /// A query has nothing to compress, as its question comes first: pointers are malformed here, which also rules
    /// out every loop.
    mutating func name() -> DNSName? {
        var labels: [[UInt8]] = []
        var size = 1
        while let length = byte() {
            if length == 0 { return DNSName(labels: labels) }
            size += Int(length) + 1
            guard length < 64, size <= DNSName.maximumBytes, position + Int(length) <= bytes.count else { return nil }
            labels.append(Array(bytes[position..<position + Int(length)]))
            position += Int(length)
        }
        return nil
    }
}
