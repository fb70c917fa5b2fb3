internal import NIOConcurrencyHelpers
internal import NIOCore

/// Has something to do on its event loop.
protocol LoopTask: AnyObject, Sendable {
    func run()
}

/// Writes at the end of a round instead of at each answer.
protocol LateFlusher: AnyObject {
    func flushNow()
}

/// What other threads have for the connections of one event loop: however many they are, they are visited in one hop,
/// and each writes once.
final class LoopMail: Sendable {
    private struct Waiting {
        var tasks: [any LoopTask] = []
        var isScheduled = false
    }

    /// On the event loop only.
    private struct Round {
        var isUnderWay = false
        var unflushed: [any LateFlusher] = []
    }

    let eventLoop: any EventLoop
    private let company: NIOLoopBoundBox<LoopCompany>
    private let waiting = NIOLockedValueBox(Waiting())
    private let round: NIOLoopBoundBox<Round>

    fileprivate init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        company = .makeBoxSendingValue(LoopCompany(), eventLoop: eventLoop)
        round = .makeBoxSendingValue(Round(), eventLoop: eventLoop)
    }

    /// From any thread. `task` runs once for each time that it is posted.
    func post(_ task: any LoopTask) {
        let mustSchedule = waiting.withLockedValue { waiting in
            waiting.tasks.append(task)
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if mustSchedule { eventLoop.execute { self.run() } }
    }

    private func run() {
        let tasks = waiting.withLockedValue { waiting in
            waiting.isScheduled = false
            let tasks = waiting.tasks
            waiting.tasks = []
            return tasks
        }
        let now = NIODeadline.now()
        round.value.isUnderWay = true
        for task in tasks {
            company.value.isServing(ObjectIdentifier(task), now: now)
            task.run()
        }
        round.value.isUnderWay = false
        let unflushed = round.value.unflushed
        round.value.unflushed = []
        for connection in unflushed { connection.flushNow() }
    }

    /// On the event loop: whether a call that has come is the only one there (`LoopCompany`).
    /// - Parameter task: of the call's connection.
    func isAlone(_ task: any LoopTask, onConnection: Bool) -> Bool {
        company.value.isAlone(ObjectIdentifier(task), onConnection: onConnection, now: .now())
    }

    /// On the event loop. False: no round is under way, so nobody will flush later.
    func flushesLater(_ connection: any LateFlusher) -> Bool {
        guard round.value.isUnderWay else { return false }
        round.value.unflushed.append(connection)
        return true
    }
}

/// One for each event loop.
package final class LoopMails: Sendable {
    private let mails = NIOLockedValueBox<[ObjectIdentifier: LoopMail]>([:])

    package init() {}

    func mail(of eventLoop: any EventLoop) -> LoopMail {
        mails.withLockedValue { mails in
            if let mail = mails[ObjectIdentifier(eventLoop)] { return mail }
            let mail = LoopMail(eventLoop)
            mails[ObjectIdentifier(eventLoop)] = mail
            return mail
        }
    }
}
