internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOHTTP2

/// Carries answers from any thread to a connection's event loop. A batch of the store's writer completes many calls of
/// a connection at once; they cross over in one hop and leave in one flush. What is answered on the event loop itself
/// takes no detour.
final class Outbox: Sendable {
    struct Letter: Sendable {
        enum Content: Sendable {
            case message(ByteBuffer)
            /// A message and a good end.
            case reply(ByteBuffer)
            case end(GRPCStatus?)
        }

        let stream: HTTP2StreamID
        let content: Content
    }

    private struct State {
        var letters: [Letter] = []
        var isScheduled = false
        var isClosed = false
    }

    private let eventLoop: any EventLoop
    private let state = NIOLockedValueBox(State())
    private let deliver: NIOLoopBound<([Letter]) -> Void>

    /// On the event loop; `deliver` is called there.
    init(eventLoop: any EventLoop, _ deliver: @escaping ([Letter]) -> Void) {
        self.eventLoop = eventLoop
        self.deliver = NIOLoopBound(deliver, eventLoop: eventLoop)
    }

    private enum Way { case now, scheduled, schedule, nowhere }

    func post(_ letter: Letter) {
        let isHere = eventLoop.inEventLoop
        let way = state.withLockedValue { state -> Way in
            guard !state.isClosed else { return .nowhere }
            // Not ahead of what was posted before.
            if isHere, state.letters.isEmpty { return .now }
            state.letters.append(letter)
            defer { state.isScheduled = true }
            return state.isScheduled ? .scheduled : .schedule
        }
        switch way {
        case .now: deliver.value([letter])
        case .schedule: eventLoop.execute { self.drain() }
        case .scheduled, .nowhere: break
        }
    }

    func close() {
        state.withLockedValue {
            $0.isClosed = true
            $0.letters = []
        }
    }

    private func drain() {
        let letters = state.withLockedValue { state in
            defer { state.letters = [] }
            state.isScheduled = false
            return state.letters
        }
        if !letters.isEmpty { deliver.value(letters) }
    }
}
