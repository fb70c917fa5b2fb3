package import Objects

/// A size in bytes out of a Kubernetes quantity, exact to a thousandth
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
package struct StorageSize: Hashable, Sendable, Comparable {
    private let milliBytes: Int128

    package static let zero = StorageSize(milliBytes: 0)

    private init(milliBytes: Int128) { self.milliBytes = milliBytes }

    package init(bytes: Int64) { milliBytes = Int128(bytes) * 1000 }

    /// nil for anything that is not a quantity.
    package init?(_ json: JSON?) {
        switch json {
        case .string(let text): self.init(text)
        case .integer(let bytes): self.init(bytes: bytes)
        default: return nil
        }
    }

    /// Rounds up, as quantities do.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let numberEnd = bytes.firstIndex { !Self.isNumberByte($0) } ?? bytes.count
        let suffix = String(decoding: bytes[numberEnd...], as: UTF8.self)
        guard let (factor, exponent) = Self.scale(suffix),
            let size = Self.scaled(bytes[..<numberEnd], factor: factor, exponent: exponent)
        else { return nil }
        milliBytes = size
    }

    package static func < (left: StorageSize, right: StorageSize) -> Bool { left.milliBytes < right.milliBytes }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+")
    }

    /// A factor and a decimal exponent.
    private static func scale(_ suffix: String) -> (Int128, Int)? {
        let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
        let decimal = ["": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        if let shift = binary[suffix] { return (Int128(1) << Int128(shift), 0) }
        if let exponent = decimal[suffix] { return (1, exponent) }
        guard suffix.first == "e" || suffix.first == "E", let exponent = Int(suffix.dropFirst()), abs(exponent) < 19
        else { return nil }
        return (1, exponent)
    }

    private static func scaled(_ number: ArraySlice<UInt8>, factor: Int128, exponent: Int) -> Int128? {
        var digits = number
        var isNegative = false
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits = digits.dropFirst()
        }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, digits.count <= 20, digits.contains(where: { $0 != UInt8(ascii: ".") }) else {
            return nil
        }
        var mantissa: Int128 = 0
        for digit in parts.joined() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            mantissa = mantissa * 10 + Int128(digit - UInt8(ascii: "0"))
        }
        let size = power(mantissa, factor, exponent + 3 - (parts.count == 2 ? parts[1].count : 0))
        return size.map { isNegative ? -$0 : $0 }
    }

    /// mantissa * factor * 10^exponent, rounded up; nil if it is too large to be a size.
    private static func power(_ mantissa: Int128, _ factor: Int128, _ exponent: Int) -> Int128? {
        var (value, overflow) = mantissa.multipliedReportingOverflow(by: factor)
        var divisor: Int128 = 1
        for _ in 0..<abs(exponent) where !overflow {
            if exponent > 0 { (value, overflow) = value.multipliedReportingOverflow(by: 10) } else { divisor *= 10 }
        }
        return overflow ? nil : (value + divisor - 1) / divisor
    }
}
