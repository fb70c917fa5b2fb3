internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Store

/// Takes signals on the store's threads and hands them to the stream's event loop, in order, many at a time.
final class WatchMailbox: Sendable {
    struct Letter: Sendable {
        let watchID: Int64
        let signal: WatchSignal
    }

    private struct State {
        var letters: [Letter] = []
        var bytes = 0
        var isScheduled = false
        var isClosed = false
        var open: (@Sendable ([Letter]) -> Void)?
    }

    private let stream: any CallStream
    private let state = NIOLockedValueBox(State())

    init(stream: any CallStream) { self.stream = stream }

    func onMail(_ open: @escaping @Sendable ([Letter]) -> Void) { state.withLockedValue { $0.open = open } }

    func sink(for watchID: Int64) -> any WatchSink { Sink(watchID: watchID, mailbox: self) }

    func close() {
        state.withLockedValue {
            $0 = State()
            $0.isClosed = true
        }
    }

    fileprivate func post(_ letter: Letter) -> Int {
        var size = 0
        if case .events(_, let events) = letter.signal { size = events.reduce(0) { $0 + $1.byteCount } }
        let (mustSchedule, bytes) = state.withLockedValue { state in
            guard !state.isClosed else { return (false, 0) }
            state.letters.append(letter)
            state.bytes += size
            defer { state.isScheduled = true }
            return (!state.isScheduled, state.bytes)
        }
        if mustSchedule { stream.eventLoop.execute { self.empty() } }
        return bytes + stream.queuedBytes
    }

    private func empty() {
        let (letters, open) = state.withLockedValue { state in
            defer {
                state.letters = []
                state.bytes = 0
                state.isScheduled = false
            }
            return (state.letters, state.open)
        }
        open?(letters)
    }

    private final class Sink: WatchSink {
        private let watchID: Int64
        private let mailbox: WatchMailbox

        init(watchID: Int64, mailbox: WatchMailbox) {
            self.watchID = watchID
            self.mailbox = mailbox
        }

        func receive(_ signal: WatchSignal) -> Int { mailbox.post(Letter(watchID: watchID, signal: signal)) }
    }
}
