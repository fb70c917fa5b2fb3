import Glibc
import Testing

@testable import Store

/// The turn to write, and the wake-ups of the writer's thread while others have it.
@Suite struct WriterQueueTests {
    private let queue = WriterQueue()
    private static let millisecond: Int64 = 1_000_000

    private var now: Int64 { PosixStorage().monotonicNanoseconds }

    /// The writer's thread waits for a time, which comes while another has the turn.
    @Test func aTimeThatComesInAnothersTurnIsNotLost() throws {
        let isTime = Monitor<Bool?>(nil)
        queue.giveTurn(wakingAt: now + 20 * Self.millisecond)
        try #require(queue.takeTurn())
        let thread = try StoreThread(name: "test-writer") { [queue] in
            let wake = queue.next()
            isTime.broadcast { $0 = if case .time = wake { true } else { false } }
        }
        defer {
            queue.close()
            thread.join()
        }
        // Long enough for the other thread to find that the time has come: should it be later, nothing is tested.
        usleep(300_000)
        queue.giveTurn(wakingAt: now + 50 * Self.millisecond)
        #expect(isTime.wait(until: now + 10_000 * Self.millisecond) { $0 } == true)
    }

    /// A write tells a time, and the next one takes the turn before the writer's thread has heard of it. Which of the two
    /// comes first is up to the machine, so it is tried many times.
    @Test func aTimeToldJustBeforeAnotherTakesTheTurnIsNotLost() throws {
        let woken = Monitor(0)
        let thread = try StoreThread(name: "test-writer") { [queue] in
            while true {
                queue.giveTurn(wakingAt: nil)
                switch queue.next() {
                case .time: woken.broadcast { $0 += 1 }
                case .requests: break
                case .closed: return
                }
            }
        }
        defer {
            queue.close()
            thread.join()
        }
        for round in 0..<200 {
            while !queue.takeTurn() { sched_yield() }
            let before = woken.withLock { $0 }
            queue.giveTurn(wakingAt: now + Self.millisecond)
            if queue.takeTurn() { queue.giveTurn(wakingAt: now + 2 * Self.millisecond) }
            let isWoken = woken.wait(until: now + 10_000 * Self.millisecond) { $0 > before ? () : nil } != nil
            try #require(isWoken, "lost in round \(round)")
        }
    }

    @Test func whatIsSubmittedInAnothersTurnIsTakenAfterIt() throws {
        queue.giveTurn(wakingAt: nil)
        try #require(queue.takeTurn())
        #expect(queue.submit(.leases { _ in }))
        #expect(!queue.takeTurn())
        queue.giveTurn(wakingAt: nil)
        #expect(!queue.takeTurn(), "somebody waits")
        guard case .requests(let requests) = queue.next() else { return #expect(Bool(false)) }
        #expect(requests.count == 1)
        queue.giveTurn(wakingAt: nil)
        queue.close()
        #expect(!queue.takeTurn())
        guard case .closed = queue.next() else { return #expect(Bool(false)) }
    }
}
