/// The text form of keys and certificates (RFC 7468).
enum PEM {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ label: String, _ der: [UInt8]) -> String {
        let body = base64(der)
        let lines = stride(from: 0, to: body.count, by: 64).map {
            String(decoding: body[$0..<min($0 + 64, body.count)], as: UTF8.self)
        }
        return "-----BEGIN \(label)-----\n\(lines.joined(separator: "\n"))\n-----END \(label)-----\n"
    }

    /// The first block of this label with its marker lines; nil if there is none.
    static func block(_ label: String, in text: String) -> String? {
        var block: [Substring] = []
        for line in text.split(separator: "\n") {
            let isBeginning = line == "-----BEGIN \(label)-----"
            if isBeginning { block = [line] } else if !block.isEmpty { block.append(line) }
            if !block.isEmpty, line == "-----END \(label)-----" { return block.joined(separator: "\n") + "\n" }
        }
        return nil
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word <<= UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(word >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
        return text
    }
}
