internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// Encodes the answers of watches for the streams of one event loop. Many watches of one key see the same event one
/// after the other: its bytes are made once and copied from then on.
final class WatchEncoder {
    /// One transaction may put a key and delete it again: revision and key alone do not say which event it is.
    private struct Entry {
        var revision: Int64
        var version: Int64
        /// Absent too where a watch does not want the previous value.
        var previousRevision: Int64?
        var kind: Event.Kind
        var key: [UInt8]
        /// As field 11 of `WatchResponse`.
        var bytes: ByteBuffer

        init(_ event: Event, _ bytes: ByteBuffer) {
            (revision, version) = (event.current.modRevision, event.current.version)
            previousRevision = event.previous?.modRevision
            (kind, key) = (event.kind, event.current.key)
            self.bytes = bytes
        }

        func isOf(_ event: borrowing Event) -> Bool {
            revision == event.current.modRevision && kind == event.kind && version == event.current.version
                && previousRevision == event.previous?.modRevision && key == event.current.key
        }
    }

    private static let slots = 1024
    /// Longer events are encoded each time, so that this memory stays below 4 MiB.
    private static let longest = 4096

    private let identity: Identity
    private var entries = [Entry?](repeating: nil, count: slots)
    private var header = (revision: Int64.min, bytes: ByteBuffer())

    init(identity: Identity) { self.identity = identity }

    /// One gRPC message, prefix and all.
    func append(
        _ events: ArraySlice<Event>, watch: Int64, revision: Int64, isFragment: Bool, to buffer: inout ByteBuffer
    ) {
        let start = buffer.writerIndex
        buffer.writeRepeatingByte(0, count: MessageFramer.prefixLength)
        appendHeader(revision, to: &buffer)
        var rest = WatchReply()
        rest.watchID = watch
        rest.fragment = isFragment
        ProtobufWriter.append(rest, to: &buffer)
        for event in events { append(event, to: &buffer) }
        MessageFramer.seal(&buffer, from: start)
    }

    private func appendHeader(_ revision: Int64, to buffer: inout ByteBuffer) {
        if header.revision != revision {
            var reply = WatchReply()
            reply.header = identity.header(revision)
            header.bytes.clear()
            ProtobufWriter.append(reply, to: &header.bytes)
            header.revision = revision
        }
        buffer.writeImmutableBuffer(header.bytes)
    }

    private func append(_ event: Event, to buffer: inout ByteBuffer) {
        let place = event.current.modRevision &+ 31 &* Int64(event.current.key.last ?? 0)
        let slot = Int(truncatingIfNeeded: place) & (Self.slots - 1)
        if let entry = entries[slot], entry.isOf(event) {
            buffer.writeImmutableBuffer(entry.bytes)
            return
        }
        guard event.byteCount <= Self.longest else { return Self.encode(event, to: &buffer) }
        var bytes = ByteBuffer()
        Self.encode(event, to: &bytes)
        buffer.writeImmutableBuffer(bytes)
        entries[slot] = Entry(event, bytes)
    }

    private static func encode(_ event: Event, to buffer: inout ByteBuffer) {
        var wire = WireEvent()
        wire.type = event.kind == .put ? .put : .delete
        wire.kv = KVReplies.keyValue(event.current)
        wire.prevKv = event.previous.map(KVReplies.keyValue)
        var reply = WatchReply()
        reply.events = [wire]
        ProtobufWriter.append(reply, to: &buffer)
    }
}

/// An encoder for each event loop.
final class WatchEncoders: Sendable {
    private let identity: Identity
    private let encoders = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<WatchEncoder>]>([:])

    init(identity: Identity) { self.identity = identity }

    /// On the event loop.
    func encoder(on eventLoop: any EventLoop) -> NIOLoopBound<WatchEncoder> {
        encoders.withLockedValue { encoders in
            if let encoder = encoders[ObjectIdentifier(eventLoop)] { return encoder }
            let encoder = NIOLoopBound(WatchEncoder(identity: identity), eventLoop: eventLoop)
            encoders[ObjectIdentifier(eventLoop)] = encoder
            return encoder
        }
    }
}

/// Events of one stream's mail, together for each watch: what has piled up leaves in few messages. All events of one
/// revision stay in one message.
struct WatchBatch {
    struct Group {
        let watchID: Int64
        var revision: Int64
        var events: [Event]
        var bytes: Int
    }

    /// A message is not made longer than this for the sake of having few.
    static let limit = 1 << 20

    private(set) var groups: [Group] = []
    /// The newest group of each watch.
    private var places: [Int64: Int] = [:]

    var isEmpty: Bool { groups.isEmpty }

    mutating func add(_ events: [Event], revision: Int64, to watchID: Int64) {
        let bytes = events.reduce(0) { $0 + $1.byteCount }
        if let place = places[watchID], groups[place].bytes + bytes <= Self.limit {
            groups[place].events += events
            groups[place].revision = revision
            groups[place].bytes += bytes
            return
        }
        places[watchID] = groups.count
        groups.append(Group(watchID: watchID, revision: revision, events: events, bytes: bytes))
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
