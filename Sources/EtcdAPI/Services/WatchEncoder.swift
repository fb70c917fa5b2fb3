internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// Encodes the answers of watches. The store hands the same events to all watches that want them, one watch after the
/// other: their bytes are made once and copied from then on.
struct WatchEncoder {
    private struct Entry {
        /// Kept, so that its memory cannot become that of another array: where it lies says which one it is.
        var events: [Event]
        var revision: Int64
        /// A `WatchResponse` but for the watch's number.
        var bytes: [UInt8]

        func isOf(_ events: [Event], _ revision: Int64) -> Bool {
            self.revision == revision && self.events.count == events.count
                && self.events.withUnsafeBufferPointer({ $0.baseAddress })
                    == events.withUnsafeBufferPointer({ $0.baseAddress })
        }
    }

    /// With the previous values and without, puts or deletions only.
    private static let slots = 4
    /// Longer ones are encoded each time, so that this memory stays below 4 MiB.
    private static let longest = 1 << 20

    private let identity: Identity
    private var entries: [Entry] = []
    private var oldest = 0

    init(identity: Identity) { self.identity = identity }

    /// One gRPC message, prefix and all; several if the watch takes fragments and they are too long for one.
    mutating func append(
        _ events: [Event], watch: Int64, revision: Int64, fragments: Bool, to buffer: inout ByteBuffer
    ) {
        for index in entries.indices where entries[index].isOf(events, revision) {
            return entries[index].bytes.withUnsafeBytes { Self.append($0, watch: watch, to: &buffer) }
        }
        guard events.reduce(0, { $0 + $1.byteCount }) <= Self.longest else {
            return appendLong(events, watch: watch, revision: revision, fragments: fragments, to: &buffer)
        }
        let entry = Entry(events: events, revision: revision, bytes: encode(events[...], revision, isFragment: false))
        if entries.count < Self.slots {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.slots
        }
        entry.bytes.withUnsafeBytes { Self.append($0, watch: watch, to: &buffer) }
    }

    private func appendLong(
        _ events: [Event], watch: Int64, revision: Int64, fragments: Bool, to buffer: inout ByteBuffer
    ) {
        let pieces = fragments ? WatchFragments.split(events) : [events[...]]
        for (number, piece) in pieces.enumerated() {
            encode(piece, revision, isFragment: number < pieces.count - 1).withUnsafeBytes {
                Self.append($0, watch: watch, to: &buffer)
            }
        }
    }

    /// Prefix, message and the watch's number (field 2) behind it: fields may come in any order.
    private static func append(_ message: UnsafeRawBufferPointer, watch: Int64, to buffer: inout ByteBuffer) {
        let prefix = MessageFramer.prefixLength
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: prefix + message.count + 11) { target in
            UnsafeMutableRawBufferPointer(rebasing: target[prefix...]).copyMemory(from: message)
            var count = prefix + message.count
            if watch != 0 {
                target[count] = 2 << 3
                count += 1
                var rest = UInt64(bitPattern: watch)
                while rest >= 0x80 {
                    target[count] = UInt8(truncatingIfNeeded: rest) | 0x80
                    count += 1
                    rest >>= 7
                }
                target[count] = UInt8(rest)
                count += 1
            }
            target[0] = 0
            target.storeBytes(of: UInt32(count - prefix).bigEndian, toByteOffset: 1, as: UInt32.self)
            return count
        }
    }

    private func encode(_ events: ArraySlice<Event>, _ revision: Int64, isFragment: Bool) -> [UInt8] {
        var reply = WatchReply()
        reply.header = identity.header(revision)
        reply.fragment = isFragment
        reply.events = events.map { event in
            var wire = WireEvent()
            wire.type = event.kind == .put ? .put : .delete
            wire.kv = KVReplies.keyValue(event.current)
            wire.prevKv = event.previous.map(KVReplies.keyValue)
            return wire
        }
        var bytes = ByteBuffer()
        ProtobufWriter.append(reply, to: &bytes)
        return Array(bytes.readableBytesView)
    }
}

/// One for all streams: events come from one thread of the store, and all streams see the same ones.
final class SharedWatchEncoder: Sendable {
    private let encoder: NIOLockedValueBox<WatchEncoder>

    init(identity: Identity) { encoder = NIOLockedValueBox(WatchEncoder(identity: identity)) }

    func append(_ events: [Event], watch: Int64, revision: Int64, fragments: Bool, to buffer: inout ByteBuffer) {
        encoder.withLockedValue {
            $0.append(events, watch: watch, revision: revision, fragments: fragments, to: &buffer)
        }
    }
}

enum WatchFragments {
    /// etcd's request limit and what it leaves for the frame around.
    static let limit = (1 << 20) + (1 << 19)

    /// Pieces below the limit, an event each at least.
    static func split(_ events: [Event]) -> [ArraySlice<Event>] {
        var pieces: [ArraySlice<Event>] = []
        var start = 0
        var size = 0
        for (index, event) in events.enumerated() {
            let own = event.byteCount
            if index > start, size + own > limit {
                pieces.append(events[start..<index])
                start = index
                size = 0
            }
            size += own
        }
        pieces.append(events[start...])
        return pieces
    }
}

extension Event {
    var byteCount: Int {
        current.key.count + current.value.count + (previous.map { $0.key.count + $0.value.count } ?? 0) + 64
    }
}
