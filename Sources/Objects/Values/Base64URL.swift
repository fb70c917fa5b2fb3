extension Base64 {
    /// With `-` and `_` and without padding, so that it fits into a URL (RFC 4648, section 5).
    package static func encodeURL(_ bytes: [UInt8]) -> String {
        let swaps: [UInt8: UInt8] = [UInt8(ascii: "+"): UInt8(ascii: "-"), UInt8(ascii: "/"): UInt8(ascii: "_")]
        let text = encode(bytes).utf8.filter { $0 != UInt8(ascii: "=") }.map { swaps[$0] ?? $0 }
        return String(decoding: text, as: UTF8.self)
    }

    /// nil if `text` is not what `encodeURL` makes.
    package static func decodeURL(_ text: String) -> [UInt8]? {
        let swaps: [UInt8: UInt8] = [UInt8(ascii: "-"): UInt8(ascii: "+"), UInt8(ascii: "_"): UInt8(ascii: "/")]
        var bytes = text.utf8.map { swaps[$0] ?? $0 }
        while bytes.count % 4 != 0 { bytes.append(UInt8(ascii: "=")) }
        guard let decoded = decode(String(decoding: bytes, as: UTF8.self)), encodeURL(decoded) == text else {
            return nil
        }
        return decoded
    }
}
