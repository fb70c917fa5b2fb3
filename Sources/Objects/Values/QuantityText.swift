extension Quantity: CustomStringConvertible {
    /// The canonical form: no fraction, the largest suffix that needs none.
    package var description: String {
        if isZero { return "0" }
        let sign = nanos < 0 ? "-" : ""
        return sign + (showsBinary ? Self.binaryText(nanos.magnitude) : Self.decimalText(nanos.magnitude, format))
    }

    private var showsBinary: Bool {
        guard format == .binary else { return false }
        // Below 1024 and for fractions the decimal form is exact where the binary one is not.
        return nanos.magnitude >= UInt128(1024 * Self.unit) && nanos % Self.unit == 0
    }

    private static func binaryText(_ nanos: UInt128) -> String {
        var value = nanos / UInt128(unit)
        var suffix = 0
        while value % 1024 == 0, suffix < 6 {
            value /= 1024
            suffix += 1
        }
        return String(value) + ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][suffix]
    }

    private static func decimalText(_ nanos: UInt128, _ format: Format) -> String {
        var value = nanos
        var exponent = -9
        while value % 1000 == 0, exponent < 18 {
            value /= 1000
            exponent += 3
        }
        if format == .exponent { return String(value) + (exponent == 0 ? "" : "e\(exponent)") }
        return String(value) + ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][exponent / 3 + 3]
    }
}
