internal import NIOCore

/// One timer of a connection. Moving it later costs nothing: the timer that is already running looks again when it
/// fires, so that a kept-alive connection does not schedule and cancel a timer a request. Event loop only.
final class Deadline {
    private var due: NIODeadline?
    private var action: (() -> Void)?
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    func set(_ time: TimeAmount, on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        let due = NIODeadline.now() + time
        self.due = due
        self.action = action
        if let timer, timer.at <= due { return }
        timer?.task.cancel()
        arm(at: due, on: eventLoop)
    }

    /// Nothing is due; the running timer, if any, will find that out.
    func clear() {
        due = nil
        action = nil
    }

    func cancel() {
        clear()
        timer?.task.cancel()
        timer = nil
    }

    private func arm(at time: NIODeadline, on eventLoop: any EventLoop) {
        let here = NIOLoopBound(self, eventLoop: eventLoop)
        timer = (eventLoop.scheduleTask(deadline: time) { here.value.fire(on: eventLoop) }, time)
    }

    private func fire(on eventLoop: any EventLoop) {
        timer = nil
        guard let due else { return }
        if due > .now() { return arm(at: due, on: eventLoop) }
        let action = action
        clear()
        action?()
    }
}
