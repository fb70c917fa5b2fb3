internal import Glibc
internal import NIOConcurrencyHelpers

/// What the server has been asked and what it answered.
package struct DNSCounts: Sendable, Equatable {
    package private(set) var datagrams = 0
    package private(set) var messages = 0
    /// Queries that were worth no answer at all.
    package private(set) var unanswered = 0
    package private(set) var truncated = 0
    /// By the answer's code in its header, 0 to 15.
    package private(set) var codes = [Int](repeating: 0, count: 16)

    package init() {}

    mutating func add(_ answer: [UInt8]?, isStream: Bool) {
        if isStream { messages += 1 } else { datagrams += 1 }
        guard let answer, answer.count >= 12 else {
            unanswered += 1
            return
        }
        codes[Int(answer[3] & 15)] += 1
        if answer[2] & 2 != 0 { truncated += 1 }
    }
}

package struct DNSFigures: Sendable {
    package var counts: DNSCounts
    package var connections: Int
    /// Datagrams that the kernel threw away because they came faster than they were read.
    package var drops: Int
    package var services: Int
    package var serial: UInt32
}

/// The sockets that questions come by, held by descriptors of our own so that they can be asked how they are while
/// their channels are in use.
final class WatchedSockets: Sendable {
    private let descriptors = NIOLockedValueBox<[CInt]>([])

    func add(_ descriptor: CInt) {
        let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        if own >= 0 { descriptors.withLockedValue { $0.append(own) } }
    }

    func close() {
        let open = descriptors.withLockedValue { open in
            defer { open = [] }
            return open
        }
        for descriptor in open { Glibc.close(descriptor) }
    }

    var drops: Int { descriptors.withLockedValue { $0.reduce(0) { $0 + Self.drops(of: $1) } } }

    /// SO_MEMINFO: nine numbers, the last of which are the drops (linux/sock_diag.h).
    private static func drops(of descriptor: CInt) -> Int {
        let (memoryInfo, dropsIndex): (CInt, Int) = (55, 8)
        var numbers = [UInt32](repeating: 0, count: 9)
        var size = socklen_t(numbers.count * MemoryLayout<UInt32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, memoryInfo, &numbers, &size) == 0,
            Int(size) >= (dropsIndex + 1) * MemoryLayout<UInt32>.size
        else { return 0 }
        return Int(numbers[dropsIndex])
    }
}
