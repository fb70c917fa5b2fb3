/// A Kubernetes quantity (`500m`, `1Gi`, `1e3`), exact: whole multiples of 10^-9, rounded away from zero, and in units of
/// 1024 at most 2^63-1 in size, as k8s.io/apimachinery's resource.Quantity has it.
package struct Quantity: Sendable {
    package enum Format: Sendable { case binary, decimal, exponent }

    /// Billionths.
    package var nanos: Int128
    package var format: Format

    package init(nanos: Int128, format: Format = .decimal) {
        self.nanos = nanos
        self.format = format
    }

    package init(_ value: Int64, format: Format = .decimal) {
        self.init(nanos: Int128(value) * Self.unit, format: format)
    }

    static let unit: Int128 = 1_000_000_000
    static let limit = Int128(Int64.max) * unit
    /// Upstream has no bound for powers of ten; this one leaves room for sums.
    static let widest = Int128(1) << 120

    package var isZero: Bool { nanos == 0 }

    /// The whole number that is not below it in size, as upstream's `Value()`.
    package var value: Int64 { Int64(clamping: Self.roundedAway(nanos, Self.unit)) }

    /// What upstream's `Value()` makes of more than 64 bits.
    var wrappedValue: Int64 { Int64(truncatingIfNeeded: Self.roundedAway(nanos, Self.unit)) }

    /// Thousandths, rounded away from zero, as upstream's `MilliValue()`.
    package var milliValue: Int64 { Int64(clamping: Self.roundedAway(nanos, 1_000_000)) }

    static func roundedAway(_ value: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 ? quotient : quotient + remainder.signum()
    }

    /// What resource lists are rounded to when they are defaulted.
    package var roundedToMillis: Quantity {
        Quantity(nanos: Self.roundedAway(nanos, 1_000_000) * 1_000_000, format: format)
    }
}

extension Quantity: Comparable {
    package static func == (left: Quantity, right: Quantity) -> Bool { left.nanos == right.nanos }
    package static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }

    /// The left side's format counts, unless it is zero.
    package static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanos: clamped(left.nanos + right.nanos), format: left.isZero ? right.format : left.format)
    }

    package static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanos: clamped(left.nanos - right.nanos), format: left.isZero ? right.format : left.format)
    }

    private static func clamped(_ nanos: Int128) -> Int128 { min(max(nanos, -widest), widest) }
}

extension Quantity: Hashable {
    package func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}
