import NIOCore
import Testing

@testable import EtcdAPI

@Suite struct LoopCompanyTests {
    private final class Connection {}
    private let first = Connection()
    private let second = Connection()
    private var company = LoopCompany()

    private func at(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    private mutating func call(_ connection: Connection, _ time: Int64, onConnection: Bool = true) -> Bool {
        company.isAlone(ObjectIdentifier(connection), onConnection: onConnection, now: at(time))
    }

    @Test mutating func oneClientIsAlone() {
        for time: Int64 in [0, 1, 2, 100] { #expect(call(first, time)) }
    }

    @Test mutating func anotherConnectionIsCompanyForAWhile() {
        #expect(call(first, 0))
        #expect(!call(second, 1))
        #expect(!call(second, 5))
        #expect(call(second, 6))
    }

    @Test mutating func takingTurnsIsCompany() {
        #expect(call(first, 0))
        for time: Int64 in 1...20 { #expect(!call(time % 2 == 0 ? first : second, time)) }
    }

    @Test mutating func whoComesLaterIsAlone() {
        #expect(call(first, 0))
        #expect(call(second, 5))
    }

    @Test mutating func aSecondCallOfTheConnectionIsCompany() {
        #expect(!call(first, 0, onConnection: false))
        #expect(!call(first, 4))
        #expect(call(first, 5))
    }

    @Test mutating func watchersThatAreServedAreCompany() {
        #expect(call(first, 0))
        company.isServing(ObjectIdentifier(first), now: at(1))
        #expect(call(first, 2))
        company.isServing(ObjectIdentifier(second), now: at(3))
        #expect(!call(first, 4))
        #expect(call(first, 8))
    }
}
