/// A domain name (RFC 1035, section 3.1) as labels, without the root's empty one. Comparison ignores the case of ASCII
/// letters (RFC 4343); what was asked keeps its case.
package struct DNSName: Sendable, Hashable, CustomStringConvertible {
    package let labels: [[UInt8]]
    /// Lower case; a label that is not ASCII reads as one that no record has.
    package let keys: [String]

    package init(labels: [[UInt8]]) {
        self.labels = labels
        keys = labels.map(Self.key)
    }

    /// `web-0.nginx.default.svc.cluster.local`, with or without the dot at the end. nil: a label is empty or longer
    /// than 63 bytes, or the name is longer than 255 bytes.
    package init?(_ text: String) {
        let trimmed = text.hasSuffix(".") ? text.dropLast() : Substring(text)
        let labels = trimmed.isEmpty ? [] : trimmed.utf8.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.count) }),
            labels.reduce(1, { $0 + $1.count + 1 }) <= DNSName.maximumBytes
        else { return nil }
        self.init(labels: labels.map(Array.init))
    }

    package static let maximumBytes = 255

    package var description: String {
        labels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".") + "."
    }

    package func isInside(_ zone: DNSName) -> Bool { keys.suffix(zone.keys.count) == zone.keys[...] }

    /// The labels before `zone`, the nearest to the zone first; nil: not inside it.
    package func path(below zone: DNSName) -> [String]? {
        isInside(zone) ? keys.dropLast(zone.keys.count).reversed() : nil
    }

    package static func == (left: DNSName, right: DNSName) -> Bool { left.keys == right.keys }
    package func hash(into hasher: inout Hasher) { hasher.combine(keys) }

    private static func key(_ label: [UInt8]) -> String {
        guard label.allSatisfy({ $0 < 0x80 }) else { return "\u{fffd}" }
        return String(decoding: label.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
