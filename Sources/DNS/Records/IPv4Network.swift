package import Transport

/// `10.89.0.0/16`
package struct IPv4Network: Sendable, Hashable {
    package let base: UInt32
    package let length: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, case .v4(let base)? = NetworkAddress(String(parts[0])), let length = Int(parts[1]),
            (0...32).contains(length)
        else { return nil }
        self.length = length
        self.base = base & Self.mask(length)
    }

    package func contains(_ address: UInt32) -> Bool { address & Self.mask(length) == base }

    /// The first address, which the bridge of the pods has.
    package var gateway: NetworkAddress { .v4(base + 1) }

    static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : ~UInt32(0) << UInt32(32 - length) }
}
