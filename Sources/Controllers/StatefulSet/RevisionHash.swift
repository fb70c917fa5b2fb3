package import Objects

/// Names of revisions: FNV-1 over the recorded data, in letters that spell no words
/// (upstream's `HashControllerRevision` and `rand.SafeEncodeString`).
package enum RevisionHash {
    package static func hash(_ data: JSON, collisionCount: Int) -> String {
        var bytes = GoJSON.encode(data)
        bytes += Array(String(collisionCount).utf8)
        var sum: UInt32 = 2_166_136_261
        for byte in bytes { sum = (sum &* 16_777_619) ^ UInt32(byte) }
        let letters = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        return String(decoding: String(sum).utf8.map { letters[Int($0) % letters.count] }, as: UTF8.self)
    }

    /// `<set>-<hash>`, at most 253 bytes.
    package static func name(_ set: String, _ hash: String) -> String {
        String(decoding: set.utf8.prefix(223), as: UTF8.self) + "-" + hash
    }
}

/// JSON as Go's `json.Marshal` writes a map: keys sorted, no spaces, `<`, `>` and `&` escaped. Only used where bytes
/// are hashed and have to agree with Kubernetes'.
enum GoJSON {
    static func encode(_ json: JSON) -> [UInt8] {
        var out: [UInt8] = []
        append(json, to: &out)
        return out
    }

    private static func append(_ json: JSON, to out: inout [UInt8]) {
        switch json {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value): out += String(value).utf8
        case .number(let value): out += String(describing: value).utf8
        case .string(let value): append(value, to: &out)
        case .array(let items): appendList(items, "[", "]", to: &out) { append($0, to: &$1) }
        case .object(let members):
            let sorted = members.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
            appendList(sorted, "{", "}", to: &out) { member, out in
                append(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                append(member.value, to: &out)
            }
        }
    }

    private static func appendList<Item>(
        _ items: [Item], _ open: Unicode.Scalar, _ close: Unicode.Scalar, to out: inout [UInt8],
        _ appendItem: (Item, inout [UInt8]) -> Void
    ) {
        out.append(UInt8(ascii: open))
        for (index, item) in items.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            appendItem(item, &out)
        }
        out.append(UInt8(ascii: close))
    }

    private static func append(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\"".utf8
            case "\\": out += "\\\\".utf8
            case "\n": out += "\\n".utf8
            case "\r": out += "\\r".utf8
            case "\t": out += "\\t".utf8
            case "\u{8}": out += "\\b".utf8
            case "\u{c}": out += "\\f".utf8
            case "<", ">", "&", "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                out += ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8
            default: out += String(scalar).utf8
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
