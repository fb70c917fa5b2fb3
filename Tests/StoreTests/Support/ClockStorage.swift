import Synchronization

@testable import Store

/// Real files under clocks that a test moves.
final class ClockStorage: WrappedStorage {
    let real = PosixStorage()
    private let monotonicOffset = Atomic<Int64>(0)
    private let wallOffset = Atomic<Int64>(0)
    private let boot = Atomic<UInt64>(1)

    /// Time passes.
    func advance(seconds: Int64) { monotonicOffset.wrappingAdd(seconds * 1_000_000_000, ordering: .relaxed) }
    /// Somebody sets the wall clock.
    func setWall(offsetSeconds: Int64) { wallOffset.store(offsetSeconds * 1_000_000_000, ordering: .relaxed) }
    /// The machine is started anew; its monotonic clock begins somewhere else, but not before the real one: a deadline
    /// there would always be over.
    func reboot(clockOffsetSeconds: Int64) {
        boot.wrappingAdd(1, ordering: .relaxed)
        monotonicOffset.store(clockOffsetSeconds * 1_000_000_000, ordering: .relaxed)
    }

    var monotonicNanoseconds: Int64 { real.monotonicNanoseconds + monotonicOffset.load(ordering: .relaxed) }
    var wallNanoseconds: Int64 { real.wallNanoseconds + wallOffset.load(ordering: .relaxed) }
    var bootIdentity: UInt64 { boot.load(ordering: .relaxed) }
}
