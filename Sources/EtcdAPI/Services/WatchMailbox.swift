internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store
internal import Synchronization

/// Takes signals on the store's threads and hands them to the stream's event loop, in order, many at a time. Events are
/// encoded where they come from: what crosses over is one buffer with the messages of all watches of the stream.
final class WatchMailbox: LoopTask {
    enum Letter: Sendable {
        /// Messages with their prefixes.
        case messages(ByteBuffer)
        case signal(WatchSignal, watchID: Int64)
    }

    private struct State {
        var letters: [Letter] = []
        /// Behind the letters.
        var messages = ByteBuffer()
        /// Of both.
        var bytes = 0
        var isScheduled = false
        var isClosed = false

        mutating func takeLetters() -> [Letter] {
            if messages.readableBytes > 0 { letters.append(.messages(messages)) }
            messages = ByteBuffer()
            defer { letters = [] }
            return letters
        }
    }

    private let stream: any CallStream
    private let mail: LoopMail
    private let encoder: SharedWatchEncoder
    private let state = NIOLockedValueBox(State())
    private let open: NIOLoopBoundBox<([Letter]) -> Void>

    /// On the stream's event loop.
    init(stream: any CallStream, mail: LoopMail, encoder: SharedWatchEncoder) {
        self.stream = stream
        self.mail = mail
        self.encoder = encoder
        open = NIOLoopBoundBox({ _ in }, eventLoop: stream.eventLoop)
    }

    /// On the event loop; `open` is called there.
    func onMail(_ open: @escaping ([Letter]) -> Void) { self.open.value = open }

    func sink(for watchID: Int64, fragments: Bool) -> WatchMailboxSink {
        WatchMailboxSink(watchID: watchID, fragments: fragments, mailbox: self)
    }

    /// On the event loop.
    func close() {
        open.value = { _ in }
        state.withLockedValue {
            $0 = State()
            $0.isClosed = true
        }
    }

    /// On the event loop: hands out what has come so far, and then nothing more of this watch.
    func close(_ sink: WatchMailboxSink) {
        state.withLockedValue { _ in sink.isClosed.store(true, ordering: .relaxed) }
        run()
    }

    /// On the event loop.
    func run() {
        let letters = state.withLockedValue { state in
            state.bytes = 0
            state.isScheduled = false
            return state.takeLetters()
        }
        if !letters.isEmpty { open.value(letters) }
    }

    fileprivate func post(_ signal: WatchSignal, from sink: WatchMailboxSink) -> Int {
        let (mustSchedule, bytes) = state.withLockedValue { state in
            guard !state.isClosed, !sink.isClosed.load(ordering: .relaxed) else { return (false, 0) }
            if case .events(let revision, let events) = signal {
                let before = state.messages.writerIndex
                encoder.append(
                    events, watch: sink.watchID, revision: revision, fragments: sink.fragments, to: &state.messages)
                state.bytes += state.messages.writerIndex - before
            } else {
                // It may speak of the whole stream, and must not be ahead of any event.
                state.letters = state.takeLetters()
                state.letters.append(.signal(signal, watchID: sink.watchID))
            }
            defer { state.isScheduled = true }
            return (!state.isScheduled, state.bytes)
        }
        if mustSchedule { mail.post(self) }
        return bytes + stream.queuedBytes
    }

    fileprivate var queuedBytes: Int { state.withLockedValue { $0.bytes } + stream.queuedBytes }
}

/// One watch's end of the mailbox.
final class WatchMailboxSink: WatchSink {
    fileprivate let watchID: Int64
    fileprivate let fragments: Bool
    private let mailbox: WatchMailbox
    /// Read and written under the mailbox's lock.
    fileprivate let isClosed = Atomic(false)

    fileprivate init(watchID: Int64, fragments: Bool, mailbox: WatchMailbox) {
        self.watchID = watchID
        self.fragments = fragments
        self.mailbox = mailbox
    }

    func receive(_ signal: WatchSignal) -> Int { mailbox.post(signal, from: self) }

    var queuedBytes: Int? { mailbox.queuedBytes }
}
