@testable import DNS

/// Questions as clients make them, and answers read by other code than that which wrote them.
enum Ask {
    static func bytes(
        _ name: String, _ type: UInt16, id: UInt16 = 0x1234, edns: UInt16? = nil, version: UInt8 = 0, class: UInt16 = 1
    ) -> [UInt8] {
        var bytes = short(id) + [0x01, 0x00] + short(1) + short(0) + short(0) + short(edns == nil ? 0 : 1)
        for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
        bytes += [0] + short(type) + short(`class`)
        if let edns { bytes += [0] + short(41) + short(edns) + [0, version, 0x80, 0] + short(0) }
        return bytes
    }

    static func short(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
}

/// An answer, its records as text: `web-0.nginx.default.svc.cluster.local 5 A 10.89.0.2`.
struct Reply: Equatable {
    var id: UInt16 = 0
    var flags: UInt16 = 0
    var question: [UInt8] = []
    var answers: [String] = []
    var authority: [String] = []
    var additional: [String] = []
    var options = 0

    var code: UInt16 { flags & 15 }
    var isAuthoritative: Bool { flags & 0x0400 != 0 }
    var isCut: Bool { flags & 0x0200 != 0 }

    /// nil: not a message, to the last byte.
    init?(_ bytes: [UInt8]) {
        var at = 0
        func short() -> UInt16? {
            guard at + 2 <= bytes.count else { return nil }
            defer { at += 2 }
            return UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
        }
        guard let id = short(), let flags = short(), let questions = short(), let first = short(),
            let second = short(), let third = short(), flags & 0x8000 != 0, questions <= 1
        else { return nil }
        (self.id, self.flags) = (id, flags)
        if questions == 1 {
            guard let (_, end) = Self.name(bytes, 12), end + 4 <= bytes.count else { return nil }
            question = Array(bytes[12..<end + 4])
            at = end + 4
        }
        for (section, count) in [first, second, third].enumerated() {
            for _ in 0..<count {
                guard let (owner, end) = Self.name(bytes, at) else { return nil }
                at = end
                guard let type = short(), short() != nil, let high = short(), let low = short(), let length = short(),
                    at + Int(length) <= bytes.count
                else { return nil }
                if type == 41 {
                    options += 1
                    at += Int(length)
                    continue
                }
                guard let data = Self.data(bytes, at, Int(length), type) else { return nil }
                let text = "\(owner) \(Int(high) << 16 | Int(low)) \(data)"
                at += Int(length)
                switch section {
                case 0: answers.append(text)
                case 1: authority.append(text)
                default: additional.append(text)
                }
            }
        }
        guard at == bytes.count else { return nil }
    }

    /// Pointers only go back.
    static func name(_ bytes: [UInt8], _ start: Int) -> (String, Int)? {
        var (at, end, bound, labels) = (start, -1, start, [String]())
        while at < bytes.count {
            let length = Int(bytes[at])
            if length == 0 { return (labels.joined(separator: "."), end < 0 ? at + 1 : end) }
            if length >= 0xc0 {
                guard at + 1 < bytes.count else { return nil }
                let target = (length & 0x3f) << 8 | Int(bytes[at + 1])
                guard target < bound, target >= 12 else { return nil }
                if end < 0 { end = at + 2 }
                (at, bound) = (target, target)
                continue
            }
            guard length < 64, at + 1 + length <= bytes.count else { return nil }
            labels.append(String(decoding: bytes[at + 1..<at + 1 + length], as: UTF8.self))
            at += 1 + length
        }
        return nil
    }

    private static func data(_ bytes: [UInt8], _ at: Int, _ length: Int, _ type: UInt16) -> String? {
        func short(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
        switch type {
        case 1 where length == 4: return "A " + bytes[at..<at + 4].map(String.init).joined(separator: ".")
        case 28 where length == 16:
            return "AAAA "
                + stride(from: at, to: at + 16, by: 2).map { String(short($0), radix: 16) }.joined(separator: ":")
        case 2, 5, 12:
            guard let (name, end) = name(bytes, at), end == at + length else { return nil }
            return
                "\(["", "", "NS", "", "", "CNAME"].indices.contains(Int(type)) ? (type == 2 ? "NS" : "CNAME") : "PTR") \(name)"
        case 33:
            guard length > 6, let (name, end) = name(bytes, at + 6), end == at + length else { return nil }
            return "SRV \(short(at)) \(short(at + 2)) \(short(at + 4)) \(name)"
        case 6:
            guard let (primary, next) = name(bytes, at), let (mailbox, end) = name(bytes, next), end + 20 == at + length
            else { return nil }
            return "SOA \(primary) \(mailbox) \(short(end + 18))"
        case 16: return "TXT " + String(decoding: bytes[at + 1..<at + length], as: UTF8.self)
        default: return nil
        }
    }
}

enum Type {
    static let (a, ns, cname, soa, ptr, txt, aaaa, srv):
        (UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16, UInt16) =
            (1, 2, 5, 6, 12, 16, 28, 33)
    static let any: UInt16 = 255
}
