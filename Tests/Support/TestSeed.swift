internal import Glibc

/// A fresh seed each run; the one in `BERTH_TEST_SEED` to repeat a failure; or seeds counted from `BERTH_TEST_FROM`, so
/// that a red run in CI is about the change.
package enum TestSeed {
    package static func value(_ run: UInt64 = 0) -> UInt64 {
        if let fixed = number("BERTH_TEST_SEED") { return fixed }
        if let first = number("BERTH_TEST_FROM") { return first &+ run }
        return UInt64.random(in: 1...1 << 48) &+ run
    }

    private static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
