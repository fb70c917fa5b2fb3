package import Objects

/// What controllers ask of a pod, read once.
package struct PodState: Sendable {
    package let phase: String
    /// Condition Ready is True.
    package let isReady: Bool
    /// When condition Ready last changed, in seconds since 1970; nil if it does not say.
    package let readySince: Int64?
    package let isTerminating: Bool

    package init(_ pod: Object) {
        let status = pod["status"]
        phase = status?["phase"]?.string ?? ""
        isTerminating = pod.isBeingDeleted
        let ready = status?["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        isReady = ready?["status"]?.string == "True"
        readySince = ready?["lastTransitionTime"]?.string.flatMap(UTCTime.seconds(of:))
    }

    package var isCreated: Bool { !phase.isEmpty }
    package var isPending: Bool { phase == "Pending" }
    /// Failed or Succeeded: none of its containers will run again.
    package var isFinished: Bool { phase == "Failed" || phase == "Succeeded" }
    package var isRunningAndReady: Bool { phase == "Running" && isReady }

    /// Ready for at least `minReadySeconds` at the time `now`.
    package func isAvailable(minReadySeconds: Int, now: Int64) -> Bool {
        guard isReady else { return false }
        if minReadySeconds == 0 { return true }
        guard let readySince else { return false }
        return readySince + Int64(minReadySeconds) < now
    }
}

/// RFC 3339 times in UTC as Kubernetes writes them: `2026-01-31T23:59:59Z`, with or without fractions.
package enum UTCTime {
    package static func seconds(of text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        return daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// Howard Hinnant's `days_from_civil` (https://howardhinnant.github.io/date_algorithms.html).
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
