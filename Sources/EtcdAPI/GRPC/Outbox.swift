internal import NIOConcurrencyHelpers
internal import NIOCore

/// Carries answers from any thread to a connection's event loop. A batch of the store's writer completes many calls of
/// a connection at once; they cross over in one hop and leave in one flush. What is answered on the event loop itself
/// takes no detour.
final class Outbox: LoopTask {
    struct Letter: Sendable {
        enum Content: Sendable {
            /// One or more messages with their prefixes.
            case messages(ByteBuffer)
            /// A message, encoded where it is written, and a good end.
            case reply(ReplyEncoder)
            case end(GRPCStatus?)
        }

        let stream: UInt32
        let content: Content
    }

    private struct State {
        var letters: [Letter] = []
        var isScheduled = false
        var isClosed = false
    }

    private let mail: LoopMail
    private let state = NIOLockedValueBox(State())
    private let deliver: NIOLoopBound<([Letter]) -> Void>

    /// On the event loop; `deliver` is called there.
    init(_ mail: LoopMail, _ deliver: @escaping ([Letter]) -> Void) {
        self.mail = mail
        self.deliver = NIOLoopBound(deliver, eventLoop: mail.eventLoop)
    }

    private enum Way { case now, scheduled, schedule, nowhere }

    func post(_ letter: Letter) {
        let isHere = mail.eventLoop.inEventLoop
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
        case .schedule: mail.post(self)
        case .scheduled, .nowhere: break
        }
    }

    func close() {
        state.withLockedValue {
            $0.isClosed = true
            $0.letters = []
        }
    }

    func run() {
        let letters = state.withLockedValue { state in
            state.isScheduled = false
            let letters = state.letters
            state.letters = []
            return letters
        }
        if !letters.isEmpty { deliver.value(letters) }
    }
}
