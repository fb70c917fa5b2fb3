import Glibc

enum Clock {
    /// Seconds since 1970.
    static var now: Int64 { Int64(time(nil)) }
}

/// Times as kubectl shows them.
enum Age {
    /// `5m3s`, `2d4h`; `<unknown>` for what is no time.
    static func since(_ timestamp: String, now: Int64 = Clock.now) -> String {
        seconds(timestamp).map { duration(now - $0) } ?? "<unknown>"
    }

    /// As `HumanDuration` of k8s.io/apimachinery: the two largest units while they matter.
    static func duration(_ seconds: Int64) -> String {
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if hours < 192 { return pair(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        let years = days / 365
        return years < 8 ? pair(years, "y", days % 365, "d") : "\(years)y"
    }

    private static func pair(_ first: Int64, _ unit: String, _ second: Int64, _ smaller: String) -> String {
        second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(smaller)"
    }

    /// Seconds since 1970 of an RFC 3339 time in UTC.
    static func seconds(_ timestamp: String) -> Int64? {
        var parts = tm()
        guard timestamp.hasSuffix("Z"), let rest = strptime(timestamp, "%Y-%m-%dT%H:%M:%S", &parts) else { return nil }
        guard rest.pointee == CChar(bitPattern: UInt8(ascii: "Z")) || rest.pointee == CChar(bitPattern: UInt8(ascii: "."))
        else { return nil }
        return Int64(timegm(&parts))
    }

    /// `Mon, 02 Jan 2006 15:04:05 +0000` in the local time zone, as `describe` prints times.
    static func long(_ timestamp: String) -> String {
        guard let seconds = seconds(timestamp) else { return timestamp }
        var (time, parts) = (time_t(seconds), tm())
        localtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S %z", &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
