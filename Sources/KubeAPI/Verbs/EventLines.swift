import NIOConcurrencyHelpers
import NIOCore
import Registry

/// The lines of the newest events, so that an event which many clients watch is made into a line once. What is not in
/// here any more is made again.
final class EventLines: Sendable {
    private struct Line {
        var event: StoredEvent
        var bytes: ByteBuffer
    }

    /// With `largest` a bound of 4 MiB.
    private static let capacity = 256
    private static let largest = 16 * 1024

    private let lines = NIOLockedValueBox<[Line?]>(Array(repeating: nil, count: capacity))

    func line(_ event: StoredEvent, make: () throws -> ByteBuffer) rethrows -> ByteBuffer {
        let slot = Int(truncatingIfNeeded: event.revision) & (Self.capacity - 1)
        let known = lines.withLockedValue { lines -> ByteBuffer? in
            guard let line = lines[slot], Self.isSame(line.event, event) else { return nil }
            return line.bytes
        }
        if let known { return known }
        let bytes = try make()
        if bytes.readableBytes <= Self.largest {
            lines.withLockedValue { $0[slot] = Line(event: event, bytes: bytes) }
        }
        return bytes
    }

    /// By identity of the stored bytes, which all watchers of an event share; comparing them would cost what is saved.
    private static func isSame(_ left: StoredEvent, _ right: StoredEvent) -> Bool {
        guard left.revision == right.revision, left.kind == right.kind, left.value.count == right.value.count else {
            return false
        }
        return left.value.withUnsafeBufferPointer { left in
            right.value.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress }
        }
    }
}
