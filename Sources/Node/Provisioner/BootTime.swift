import Glibc

/// A moment of one boot of the machine: unlike the wall clock, nobody sets it. Time in suspend counts.
package struct BootTime: Sendable, Hashable, CustomStringConvertible {
    package var bootID: String
    package var seconds: Double

    package init(bootID: String, seconds: Double) {
        self.bootID = bootID
        self.seconds = seconds
    }

    /// nil where the machine does not say which boot this is.
    static func now() -> BootTime? {
        var time = timespec()
        guard let id = try? Boot.id(), !id.isEmpty, clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
        return BootTime(bootID: id, seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }

    func adding(_ more: Double) -> BootTime { BootTime(bootID: bootID, seconds: seconds + more) }

    /// `<boot id> <seconds>`
    package var description: String { "\(bootID) \(seconds)" }

    package init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let seconds = Double(parts[1]), seconds.isFinite else { return nil }
        self.init(bootID: String(parts[0]), seconds: seconds)
    }
}
