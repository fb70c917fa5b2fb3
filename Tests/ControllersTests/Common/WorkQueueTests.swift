import Testing

@testable import Controllers

@Suite struct WorkQueueTests {
    @Test func aWaitingKeyIsQueuedOnce() async {
        let queue = WorkQueue<String>()
        queue.add("a")
        queue.add("b")
        queue.add("a")
        #expect(queue.count == 2)
        #expect(await queue.next() == "a")
        #expect(await queue.next() == "b")
        #expect(queue.nextIfReady() == nil)
    }

    @Test func aKeyAddedDuringItsWorkComesBackAfterIt() async {
        let queue = WorkQueue<String>()
        queue.add("a")
        let key = await queue.next()
        queue.add("a")
        #expect(queue.nextIfReady() == nil, "worked on twice at a time")
        #expect(!queue.isIdle)
        queue.done(key ?? "")
        #expect(queue.nextIfReady() == "a")
        queue.done("a")
        #expect(queue.isIdle)
    }

    @Test func aWaitingWorkerIsWoken() async {
        let queue = WorkQueue<Int>()
        async let first = queue.next()
        async let second = queue.next()
        queue.add(1)
        queue.add(2)
        let taken = [await first, await second].compactMap { $0 }.sorted()
        #expect(taken == [1, 2])
    }

    @Test func ofDelayedAddsTheEarliestCounts() async {
        let queue = WorkQueue<Int>()
        queue.add(1, after: .seconds(3600))
        queue.add(1, after: .milliseconds(250))
        queue.add(1, after: .seconds(3600))
        #expect(await queue.next() == 1)
        queue.done(1)
        #expect(queue.isIdle)
    }

    @Test func shuttingDownAnswersWorkersAndDropsKeys() async {
        let queue = WorkQueue<Int>()
        async let waiting = queue.next()
        queue.add(9, after: .seconds(3600))
        queue.shutDown()
        queue.add(1)
        #expect(await waiting == nil)
        #expect(await queue.next() == nil)
    }

    @Test func backoffDoublesUpToItsCeiling() {
        let backoff = Backoff(first: .milliseconds(5), ceiling: .seconds(1))
        #expect(backoff.delay(afterFailures: 0) == .milliseconds(5))
        #expect(backoff.delay(afterFailures: 3) == .milliseconds(40))
        #expect(backoff.delay(afterFailures: 8) == .seconds(1))
        #expect(backoff.delay(afterFailures: 100) == .seconds(1))
    }

    @Test func theLoopRetriesUntilItSucceedsAndStops() async {
        let attempts = Attempts()
        let loop = ControllerLoop<String>(workers: 2) { key in await attempts.count(key) < 3 ? .retry : .done }
        loop.start()
        loop.queue.add("a")
        await attempts.reached(3)
        await loop.stop()
        #expect(await attempts.total == 3)
    }

    private actor Attempts {
        var total = 0
        private var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?

        func count(_ key: String) -> Int {
            total += 1
            if let waiter, total >= waiter.count {
                self.waiter = nil
                waiter.continuation.resume()
            }
            return total
        }

        func reached(_ count: Int) async {
            if total >= count { return }
            await withCheckedContinuation { waiter = (count, $0) }
        }
    }
}
