package import Glibc

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
        _ = inet_ntop(family, bytes, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Reachable from this machine only.
    package var isLoopback: Bool {
        switch self {
        case .v4(let number): number >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// The address with a port, as the kernel takes it.
    package func withSocketAddress<Value>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var storage = sockaddr_storage()
        let bytes = bytes
        // Family, port in network order, then the address: at byte 4, or 8 (after the flow label).
        withUnsafeMutableBytes(of: &storage) { raw in
            raw.storeBytes(of: sa_family_t(family), as: sa_family_t.self)
            raw.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            let offset = isV4 ? 4 : 8
            UnsafeMutableRawBufferPointer(rebasing: raw[offset..<offset + bytes.count]).copyBytes(from: bytes)
        }
        let size = isV4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }

    /// `AF_INET` or `AF_INET6`
    package var family: CInt { isV4 ? AF_INET : AF_INET6 }
}
