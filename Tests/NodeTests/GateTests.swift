import Testing

@testable import Node

@Suite("Gate") struct GateTests {
    @Test func letsNobodyThroughWhileItIsClosed() async {
        #expect(await Gate().isOpen(within: 0.05) == false)
    }

    @Test func letsThroughThoseWhoWaitedAndThoseWhoComeLater() async {
        let gate = Gate()
        let early = Task { await gate.isOpen(within: 60) }
        await Task.yield()
        gate.open()
        #expect(await early.value)
        gate.open()
        #expect(await gate.isOpen(within: 60))
    }

    @Test func aCancelledWaiterIsLetGo() async {
        let gate = Gate()
        let waiter = Task { await gate.isOpen(within: 3600) }
        waiter.cancel()
        #expect(await waiter.value == false)
    }
}
