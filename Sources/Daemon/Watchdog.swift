import NIOCore
import NIOPosix

/// Tells systemd twice in its interval that the event loop still turns.
struct Watchdog: Sendable {
    private let task: RepeatedTask?

    init(_ systemd: SystemdNotifier) {
        guard let interval = systemd.watchdogMicroseconds, interval > 0 else {
            task = nil
            return
        }
        let half = TimeAmount.microseconds(interval / 2)
        task = MultiThreadedEventLoopGroup.singleton.next().scheduleRepeatedTask(initialDelay: half, delay: half) { _ in
            systemd.notify("WATCHDOG=1")
        }
    }

    func stop() { task?.cancel() }
}
