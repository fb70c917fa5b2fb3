/// What waits to be written, and whose turn it is to write: the writer's thread has it, or a caller who found nobody
/// writing and nothing waiting. Whoever has the turn owns `WriterState` and the log until he gives it back.
final class WriterQueue: Sendable {
    private struct State {
        var requests: [WriteRequest] = []
        var isClosed = false
        /// The writer's thread has it from the beginning.
        var isTaken = true
        /// Something is due on the writer's thread while another has the turn: nobody else gets it before that thread.
        var isAwaited = false
        /// When the writer's thread has something to do although nobody asks; nil: never.
        var wakesAt: Int64?
    }

    enum Wake {
        case requests([WriteRequest])
        case closed
        case time
    }

    private let state = Monitor(State())

    /// False: the store is closed.
    func submit(_ request: WriteRequest) -> Bool {
        var isAccepted = false
        // Whoever has the turn looks here when he gives it back.
        state.signal(where: { !$0.isTaken }) { state in
            if state.isClosed { return }
            state.requests.append(request)
            isAccepted = true
        }
        return isAccepted
    }

    func close() { state.signal { $0.isClosed = true } }

    /// For the writer's thread: waits for something to do. It has the turn then.
    func next() -> Wake {
        while true {
            let deadline = state.withLock { $0.wakesAt }
            let wake: Wake?? = state.wait(until: deadline) { state in
                if !state.isTaken, let wake = Self.take(&state) { return wake }
                // A caller has written meanwhile, and there is something to do behind it. Another may have the turn by
                // now: the time must be known all the same, for whoever comes next tells only of an earlier one.
                return Self.isEarlier(state.wakesAt, deadline) ? .some(nil) : nil
            }
            if let wake = wake ?? atTime() { return wake }
        }
    }

    private static func take(_ state: inout State) -> Wake? {
        guard !state.requests.isEmpty || state.isClosed else { return nil }
        state.isTaken = true
        if state.requests.isEmpty { return .closed }
        defer { state.requests = [] }
        return .requests(state.requests)
    }

    /// Who has the turn gives it to this thread then, at the latest after one write.
    private func atTime() -> Wake? {
        state.wait { state in
            state.isAwaited = state.isTaken
            if state.isTaken { return nil }
            if let wake = Self.take(&state) { return wake }
            state.isTaken = true
            return .time
        }
    }

    private static func isEarlier(_ time: Int64?, _ other: Int64?) -> Bool {
        guard let time else { return false }
        return other.map { time < $0 } ?? true
    }

    /// For any other thread. False: somebody has it, somebody waits, or the store is closed.
    func takeTurn() -> Bool {
        state.withLock { state in
            if state.isTaken || state.isAwaited || state.isClosed || !state.requests.isEmpty { return false }
            state.isTaken = true
            return true
        }
    }

    /// - Parameters
    ///   - time: when the writer's thread must have the turn again at the latest (monotonic nanoseconds), nil: never.
    ///   - request: one that is to be written there after all.
    func giveTurn(wakingAt time: Int64?, with request: WriteRequest? = nil) {
        var mustWake = false
        state.signal(where: { _ in mustWake }) { state in
            if let request { state.requests.append(request) }
            mustWake =
                !state.requests.isEmpty || state.isClosed || state.isAwaited || Self.isEarlier(time, state.wakesAt)
            state.wakesAt = time
            state.isTaken = false
        }
    }
}
