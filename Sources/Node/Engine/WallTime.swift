import Glibc

/// Wall-clock time in nanoseconds since 1970. What does not fit (before 1677, after 2262) becomes the first or the last
/// time: pods and clients may ask for any number of seconds.
package struct WallTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package init(seconds: Double) { nanoseconds = WallTime.nanoseconds(seconds) }

    package static func now() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// `seconds` later.
    package func adding(_ seconds: Double) -> WallTime {
        let (sum, overflows) = nanoseconds.addingReportingOverflow(WallTime.nanoseconds(seconds))
        return WallTime(nanoseconds: overflows ? (seconds < 0 ? .min : .max) : sum)
    }

    package func seconds(since earlier: WallTime) -> Double {
        let (difference, overflows) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflows ? (Double(nanoseconds) - Double(earlier.nanoseconds)) / 1e9 : Double(difference) / 1e9
    }

    private static func nanoseconds(_ seconds: Double) -> Int64 {
        Int64(exactly: (seconds * 1e9).rounded(.towardZero)) ?? (seconds < 0 ? .min : .max)
    }

    /// RFC 3339 in UTC, whole seconds: metav1.Time.
    package var description: String { date + "Z" }
    /// RFC 3339 with microseconds: metav1.MicroTime.
    package var micro: String { "\(date).\(WallTime.padded(nanoseconds % 1_000_000_000 / 1000, 6))Z" }

    private var date: String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let day = [Int64(parts.tm_year) + 1900, Int64(parts.tm_mon) + 1, Int64(parts.tm_mday)]
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { WallTime.padded(Int64($0), 2) }
        return "\(WallTime.padded(day[0], 4))-\(WallTime.padded(day[1], 2))-\(WallTime.padded(day[2], 2))T"
            + time.joined(separator: ":")
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads RFC 3339 in UTC, with or without a fraction; nil for anything else, and for a time that does not fit.
    package init?(_ text: String) {
        guard text.last == "Z" else { return nil }
        let halves = text.dropLast().split(separator: ".", maxSplits: 1)
        let numbers = (halves.first ?? "").split(whereSeparator: { "-T:".contains($0) }).compactMap { Int32($0) }
        guard numbers.count == 6 else { return nil }
        var parts = tm()
        parts.tm_year = numbers[0] - 1900
        parts.tm_mon = numbers[1] - 1
        parts.tm_mday = numbers[2]
        parts.tm_hour = numbers[3]
        parts.tm_min = numbers[4]
        parts.tm_sec = numbers[5]
        let fraction = halves.count > 1 ? Int64((halves[1] + "000000000").prefix(9)) ?? 0 : 0
        let (whole, isTooMuch) = Int64(timegm(&parts)).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = whole.addingReportingOverflow(fraction)
        guard !isTooMuch, !overflows else { return nil }
        nanoseconds = sum
    }
}
