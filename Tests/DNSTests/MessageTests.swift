import Foundation
import Objects
import Testing

@testable import DNS

/// The protocol around the records: case, EDNS, size, what is malformed.
@Suite struct MessageTests {
    let server = Fixture.server()
    let name = "WeB-0.nGinX.default.SVC.cluster.LOCAL"

    @Test func theCaseOfTheQuestionIsKept() throws {
        let query = Ask.bytes(name, Type.a)
        let reply = try #require(server.datagram(query).flatMap(Reply.init))
        #expect(reply.question == Array(query[12...]))
        #expect(reply.answers == ["\(name) 5 A 10.89.0.2"])
    }

    @Test func ednsIsAnsweredWhenItWasAsked() throws {
        #expect(try #require(server.datagram(Ask.bytes(name, Type.a)).flatMap(Reply.init)).options == 0)
        #expect(try #require(server.datagram(Ask.bytes(name, Type.a, edns: 4096)).flatMap(Reply.init)).options == 1)
        let bytes = try #require(server.datagram(Ask.bytes(name, Type.a, edns: 4096, version: 1)))
        let reply = try #require(Reply(bytes))
        // BADVERS is 16: its upper bits are in OPT.
        #expect(reply.code == 0 && reply.options == 1 && bytes[bytes.count - 6] == 1)
        #expect(reply.answers.isEmpty)
    }

    @Test(arguments: [(nil, 512), (512, 512), (100, 512), (1000, 1000), (4096, 1232)] as [(UInt16?, Int)])
    func longAnswersAreCutAtWholeRecords(size: UInt16?, limit: Int) throws {
        server.update { records in
            records.set(
                Fixture.slice(
                    (0..<500).map { Fixture.endpoint("web-\($0)", [.string("10.89.\($0 / 250).\($0 % 250)")]) }),
                named: "nginx-a", namespace: "default", name: "nginx")
        }
        let query = Ask.bytes("nginx.default.svc.cluster.local", Type.a, edns: size)
        let bytes = try #require(server.datagram(query))
        let reply = try #require(Reply(bytes))
        #expect(bytes.count <= limit && bytes.count > limit - 30)
        #expect(reply.isCut && !reply.answers.isEmpty && reply.options == (size == nil ? 0 : 1))
        let whole = try #require(server.message(query).flatMap(Reply.init))
        #expect(whole.answers.count == 500 && !whole.isCut)
    }

    @Test func whatIsMalformedGetsNoRecords() throws {
        let good = Ask.bytes(name, Type.a, edns: 1232)
        func code(_ change: (inout [UInt8]) -> Void) throws -> UInt16? {
            var bytes = good
            change(&bytes)
            guard let answer = server.datagram(bytes) else { return nil }
            let reply = try #require(Reply(answer))
            #expect(reply.answers.isEmpty)
            return reply.code
        }
        #expect(try code { $0[2] |= 0x80 } == nil)
        #expect(try code { $0 = Array($0.prefix(11)) } == nil)
        #expect(try code { $0[2] |= 0x28 } == 4)
        #expect(try code { $0[5] = 0 } == 1)
        #expect(try code { $0[5] = 2 } == 1)
        #expect(try code { $0[7] = 1 } == 1)
        #expect(try code { $0[11] = 2 } == 1)
        #expect(try code { $0.append(0) } == 1)
        #expect(try code { $0.removeLast() } == 1)
        #expect(try code { $0[12] = 0xc0 } == 1)
        #expect(try code { $0[12] = 0x40 } == 1)
        #expect(try code { $0[12] = 200 } == 1)
        #expect(try code { $0[$0.count - 1] = 9 } == 1)
        // 128 labels of one byte: longer than 255 bytes.
        #expect(try code { $0 = Ask.bytes(Array(repeating: "a", count: 128).joined(separator: "."), 1) } == 1)
        #expect(try code { $0 = Ask.bytes(Array(repeating: "a", count: 127).joined(separator: "."), 1) } == 5)
        #expect(try code { $0 = Ask.bytes(name, 41) } == 1)
        #expect(try code { $0 = Ask.bytes(name, Type.a, class: 3) } == 5)
    }

    /// BERTH_DNS_PACKETS=1000000 is the long form (the short one takes two seconds of a debug build).
    @Test func randomPacketsAreNeverAnsweredWrongly() throws {
        var random = Generator(state: 0x5eed)
        let count = ProcessInfo.processInfo.environment["BERTH_DNS_PACKETS"].flatMap { Int($0) } ?? 20_000
        let names = [
            name, "nginx.default.svc.cluster.local", "_web._tcp.nginx.default.svc.cluster.local", "example.com",
        ]
        for index in 0..<count {
            var packet = Ask.bytes(
                names[index % names.count], [1, 28, 33, 12, 255][index % 5], id: UInt16(truncatingIfNeeded: index),
                edns: index % 3 == 0 ? 1232 : nil)
            Self.damage(&packet, &random)
            guard let bytes = server.datagram(packet) else {
                try #require(packet.count < 12 || packet[2] & 0x80 != 0)
                continue
            }
            let reply = try #require(Reply(bytes), "packet \(packet) gave \(bytes)")
            try #require(bytes.count <= 1232 && bytes[0] == packet[0] && bytes[1] == packet[1])
            try #require(reply.question.isEmpty || packet[12...].starts(with: reply.question))
            // Records only for a question that is a prefix of what came, and only in our zone.
            if !reply.answers.isEmpty {
                let (asked, _) = try #require(Reply.name(packet, 12))
                try #require(asked.lowercased().hasSuffix("cluster.local"))
            }
        }
    }

    private static func damage(_ packet: inout [UInt8], _ random: inout Generator) {
        switch UInt8.random(in: 0..<8, using: &random) {
        case 0:
            packet = (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 1: packet.removeLast(Int.random(in: 0...packet.count, using: &random))
        case 2:
            packet += (0..<Int.random(in: 1..<40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
        case 3:
            packet.insert(
                UInt8.random(in: 0...255, using: &random), at: Int.random(in: 0...packet.count, using: &random))
        case 4: packet.remove(at: Int.random(in: 0..<packet.count, using: &random))
        default:
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                packet[Int.random(in: 0..<packet.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
        }
    }
}

/// xorshift: the same packets in every run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
