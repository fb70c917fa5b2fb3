internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// Encodes the answers of watches. The store hands the same events to all watches that want them, one watch after the
/// other: their bytes are made once and copied from then on.
struct WatchEncoder {
    private struct Entry {
        /// Kept, so that its memory cannot become that of another array: where it lies says which one it is.
        var events: [Event]
        /// `events` as fields 11 of `WatchResponse`.
        var bytes: ByteBuffer

        func isOf(_ events: [Event]) -> Bool {
            self.events.count == events.count
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
    private var header = (revision: Int64.min, bytes: ByteBuffer())

    init(identity: Identity) { self.identity = identity }

    /// One gRPC message, prefix and all; several if the watch takes fragments and they are too long for one.
    mutating func append(
        _ events: [Event], watch: Int64, revision: Int64, fragments: Bool, to buffer: inout ByteBuffer
    ) {
        let size = events.reduce(0) { $0 + $1.byteCount }
        if size <= Self.longest {
            return append(bytes(of: events), watch: watch, revision: revision, isFragment: false, to: &buffer)
        }
        let pieces = fragments ? WatchFragments.split(events) : [events[...]]
        for (number, piece) in pieces.enumerated() {
            append(
                Self.encode(piece), watch: watch, revision: revision, isFragment: number < pieces.count - 1, to: &buffer
            )
        }
    }

    private mutating func append(
        _ events: ByteBuffer, watch: Int64, revision: Int64, isFragment: Bool, to buffer: inout ByteBuffer
    ) {
        let start = buffer.writerIndex
        buffer.reserveCapacity(minimumWritableBytes: 128 + events.readableBytes)
        buffer.writeMultipleIntegers(UInt8(0), UInt32(0))
        appendHeader(revision, to: &buffer)
        var rest = WatchReply()
        rest.watchID = watch
        rest.fragment = isFragment
        ProtobufWriter.append(rest, to: &buffer)
        buffer.writeImmutableBuffer(events)
        MessageFramer.seal(&buffer, from: start)
    }

    private mutating func appendHeader(_ revision: Int64, to buffer: inout ByteBuffer) {
        if header.revision != revision {
            var reply = WatchReply()
            reply.header = identity.header(revision)
            header.bytes.clear()
            ProtobufWriter.append(reply, to: &header.bytes)
            header.revision = revision
        }
        buffer.writeImmutableBuffer(header.bytes)
    }

    private mutating func bytes(of events: [Event]) -> ByteBuffer {
        for entry in entries where entry.isOf(events) { return entry.bytes }
        let entry = Entry(events: events, bytes: Self.encode(events[...]))
        if entries.count < Self.slots {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.slots
        }
        return entry.bytes
    }

    private static func encode(_ events: ArraySlice<Event>) -> ByteBuffer {
        var reply = WatchReply()
        reply.events = events.map { event in
            var wire = WireEvent()
            wire.type = event.kind == .put ? .put : .delete
            wire.kv = KVReplies.keyValue(event.current)
            wire.prevKv = event.previous.map(KVReplies.keyValue)
            return wire
        }
        var bytes = ByteBuffer()
        ProtobufWriter.append(reply, to: &bytes)
        return bytes
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
