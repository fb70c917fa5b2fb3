internal import Glibc

/// An address of either family.
package enum NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// `10.89.0.2`, `fd00::1`; nil for anything else.
    package init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = withUnsafeBytes(of: six) {
            .v6(
                high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// In network order: 4 or 16.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let number): withUnsafeBytes(of: number.bigEndian, Array.init)
        case .v6(let high, let low):
            withUnsafeBytes(of: high.bigEndian, Array.init) + withUnsafeBytes(of: low.bigEndian, Array.init)
        }
    }

    /// `0.0.0.0` or `::`
    package var isUnspecified: Bool { self == .v4(0) || self == .v6(high: 0, low: 0) }

    package var isV4: Bool { if case .v4 = self { true } else { false } }

    package var description: String {
        var text = [CChar](repeating: 0, count: 46)
        let bytes = bytes
        _ = inet_ntop(isV4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// The label that stands for an address in names: `10-89-0-2`, `fd00--1`.
    package var label: String { String(description.map { $0 == "." || $0 == ":" ? "-" : $0 }) }

    /// The address that `label` stands for.
    package init?(label: String) {
        let parts = label.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 4, let address = NetworkAddress(parts.joined(separator: ".")) {
            self = address
        } else if let address = NetworkAddress(parts.joined(separator: ":")), !address.isV4 {
            self = address
        } else {
            return nil
        }
    }
}

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
