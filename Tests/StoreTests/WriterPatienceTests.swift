import Testing

@testable import Store

/// When the writer waits awake. Times in nanoseconds.
@Suite struct WriterPatienceTests {
    @Test func anIdleStoreSleeps() {
        var patience = WriterPatience()
        #expect(patience.nanoseconds == nil)
        patience.waited(50_000_000)
        #expect(patience.nanoseconds == nil)
    }

    @Test func aCallerThatComesBackAtOnceIsWaitedFor() {
        var patience = WriterPatience()
        patience.waited(90_000)
        #expect(patience.nanoseconds == WriterPatience.awakeNanoseconds)
        patience.waited(20_000)
        #expect(patience.nanoseconds == WriterPatience.awakeNanoseconds)
    }

    @Test func waitingInVainIsNotRepeatedSoon() {
        var patience = WriterPatience()
        patience.waited(90_000)
        patience.waited(80_000)
        for wait in 0..<WriterPatience.pause {
            #expect(patience.nanoseconds == nil, "wait \(wait)")
            patience.waited(90_000)
        }
        #expect(patience.nanoseconds == WriterPatience.awakeNanoseconds)
    }
}
