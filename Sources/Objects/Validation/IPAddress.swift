import Glibc

/// Addresses as text.
package enum IPAddress {
    package static func isValid(_ text: String) -> Bool { isV4(text) || isV6(text) }
    package static func isV4(_ text: String) -> Bool { bytes(text)?.count == 4 }
    package static func isV6(_ text: String) -> Bool { bytes(text)?.count == 16 }

    /// With zeros before its numbers too, as Kubernetes takes addresses in the fields that it has had for long.
    package static func isTolerable(_ text: String) -> Bool { bytes(withoutLeadingZeros(text)) != nil }

    /// Four or sixteen bytes; nil if it is no address.
    package static func bytes(_ text: String) -> [UInt8]? {
        var v4 = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &v4) == 1 { return v4 }
        var v6 = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &v6) == 1 ? v6 : nil
    }

    /// `10.0.0.0/8`
    static func isTolerableRange(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = bytes(withoutLeadingZeros(String(parts[0]))), let bits = Int(parts[1]),
            parts[1].utf8.allSatisfy(Names.isDigit)
        else { return false }
        return bits <= address.count * 8
    }

    private static func withoutLeadingZeros(_ text: String) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, !text.contains(":") else { return text }
        return parts.map { part in
            let rest = part.drop { $0 == "0" }
            return rest.isEmpty && !part.isEmpty ? "0" : String(rest)
        }.joined(separator: ".")
    }

    /// What is wrong with an address that traffic shall go to, in upstream's words (ValidateEndpointIP).
    static func endpointProblems(_ text: String) -> [String] {
        guard let bytes = bytes(withoutLeadingZeros(text)) else { return ["must be a valid IP address"] }
        let isLong = bytes.count == 16
        var problems: [String] = []
        if bytes.allSatisfy({ $0 == 0 }) { problems.append("may not be unspecified (\(text))") }
        if isLong ? bytes.dropLast().allSatisfy({ $0 == 0 }) && bytes[15] == 1 : bytes[0] == 127 {
            problems.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
        }
        if isLong ? bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80 : bytes[0] == 169 && bytes[1] == 254 {
            problems.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
        }
        if isLong ? bytes[0] == 0xff && bytes[1] & 0x0f == 2 : bytes[0..<3] == [224, 0, 0] {
            problems.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
        }
        return problems
    }
}
