internal import Transport

/// Writes a message: records whole or not at all, names compressed (RFC 1035, section 4.1.4).
struct DNSWriter {
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    private let lifetime: UInt32
    /// Where a name that ends with these labels stands.
    private var offsets: [ArraySlice<String>: Int] = [:]

    init(limit: Int, lifetime: UInt32) {
        self.limit = limit
        self.lifetime = lifetime
        bytes.reserveCapacity(min(limit, 512))
    }

    mutating func header(id: UInt16, flags: UInt16, question: [UInt8], name: DNSName) {
        append(id)
        append(flags)
        append(UInt16(1))
        for _ in 0..<3 { append(UInt16(0)) }
        bytes += question
        remember(name, at: 12)
    }

    /// False, and nothing written, if there is no room.
    mutating func append(_ record: DNSRecord) -> Bool {
        let (start, known) = (bytes.count, offsets)
        append(record.owner)
        append(record.type.rawValue)
        append(UInt16(1))
        append(lifetime)
        let length = bytes.count
        append(UInt16(0))
        append(record.data)
        guard bytes.count <= limit else {
            bytes.removeLast(bytes.count - start)
            offsets = known
            return false
        }
        put(UInt16(bytes.count - length - 2), at: length)
        return true
    }

    /// OPT (RFC 6891): our payload size, the upper bits of the code, version 0, DO as it was asked (RFC 3225).
    mutating func appendOptions(code: DNSCode, wantsSignatures: Bool) {
        bytes.append(0)
        append(DNSType.opt.rawValue)
        append(UInt16(DNSResponse.datagramSize))
        bytes += [UInt8(code.rawValue >> 4), 0]
        append(UInt16(wantsSignatures ? 0x8000 : 0))
        append(UInt16(0))
    }

    mutating func finish(isCut: Bool, counts: [UInt16]) {
        if isCut { bytes[2] |= 0x02 }
        for (index, count) in counts.enumerated() { put(count, at: 6 + 2 * index) }
    }

    private mutating func append(_ data: DNSRecord.Data) {
        switch data {
        case .address(let address): bytes += address.bytes
        case .cname(let name), .ptr(let name), .ns(let name): append(name)
        case .srv(let priority, let weight, let port, let target):
            for number in [priority, weight, port] { append(number) }
            // Never compressed (RFC 2782).
            for label in target.labels { append(label: label) }
            bytes.append(0)
        case .soa(let primary, let mailbox, let serial):
            append(primary)
            append(mailbox)
            // serial, refresh, retry, expire, and for how long a negative answer may be kept
            for number in [serial, 7200, 1800, 86_400, lifetime] { append(number) }
        case .txt(let text):
            let content = text.utf8.prefix(255)
            bytes.append(UInt8(content.count))
            bytes += content
        }
    }

    private mutating func append(_ name: DNSName) {
        for index in name.labels.indices {
            let rest = name.keys[index...]
            if let offset = offsets[rest] { return append(UInt16(0xc000 | offset)) }
            if bytes.count < 0x4000 { offsets[rest] = bytes.count }
            append(label: name.labels[index])
        }
        bytes.append(0)
    }

    private mutating func remember(_ name: DNSName, at start: Int) {
        var offset = start
        for index in name.labels.indices {
            offsets[name.keys[index...]] = offset
            offset += name.labels[index].count + 1
        }
    }

    private mutating func append(label: [UInt8]) {
        bytes.append(UInt8(label.count))
        bytes += label
    }

    private mutating func append(_ number: UInt16) { bytes += [UInt8(number >> 8), UInt8(number & 0xff)] }

    private mutating func append(_ number: UInt32) {
        append(UInt16(number >> 16))
        append(UInt16(number & 0xffff))
    }

    private mutating func put(_ number: UInt16, at offset: Int) {
        bytes[offset] = UInt8(number >> 8)
        bytes[offset + 1] = UInt8(number & 0xff)
    }
}
