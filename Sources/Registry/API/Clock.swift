import Glibc
package import Objects

extension Timestamp {
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
    }

    package init?(rfc3339 text: String) { self.init(text) }

    /// Ends at the first and the last second that RFC 3339 has words for: years have four digits.
    package func adding(seconds more: Int64) -> Timestamp {
        let (sum, isTooMuch) = seconds.addingReportingOverflow(more)
        let end = isTooMuch ? (more < 0 ? Self.first : Self.last) : sum
        return Timestamp(seconds: min(max(end, Self.first), Self.last), nanos: nanos)
    }

    /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z
    private static let first: Int64 = -62_167_219_200
    private static let last: Int64 = 253_402_300_799

    /// `metav1.Time`
    package var rfc3339: String { text }
    /// `metav1.MicroTime`
    package var rfc3339Micro: String { microText }
}
