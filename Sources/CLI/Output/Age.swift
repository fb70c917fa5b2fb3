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
        let fields = timestamp.split(whereSeparator: { "-T:.Z".contains($0) }).map { Int32($0) }
        guard timestamp.hasSuffix("Z"), (6...7).contains(fields.count),
            let year = fields[0], let month = fields[1], let day = fields[2],
            let hour = fields[3], let minute = fields[4], let second = fields[5]
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        return Int64(timegm(&parts))
    }

    /// `2006-01-02T15:04:05Z`
    static func rfc3339(_ seconds: Int64) -> String {
        var (time, parts) = (time_t(seconds), tm())
        gmtime_r(&time, &parts)
        return text(&parts, "%Y-%m-%dT%H:%M:%SZ")
    }

    /// `Mon, 02 Jan 2006 15:04:05 +0000` in the local time zone, as `describe` prints times.
    static func long(_ timestamp: String) -> String {
        guard let seconds = seconds(timestamp) else { return timestamp }
        var (time, parts) = (time_t(seconds), tm())
        localtime_r(&time, &parts)
        return text(&parts, "%a, %d %b %Y %H:%M:%S %z")
    }

    private static func text(_ parts: inout tm, _ format: String) -> String {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
