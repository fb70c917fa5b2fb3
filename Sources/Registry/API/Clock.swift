import Glibc
package import Objects

extension Timestamp {
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
    }

    package init?(rfc3339 text: String) { self.init(text) }

    package func adding(seconds more: Int64) -> Timestamp { Timestamp(seconds: seconds + more, nanos: nanos) }

    /// `metav1.Time`
    package var rfc3339: String { text }
    /// `metav1.MicroTime`
    package var rfc3339Micro: String { microText }
}
