import Synchronization

/// A text that several tasks may look at.
final class LockedText: Sendable {
    private let text = Mutex("")

    /// False if it is the same already.
    func replace(_ new: String) -> Bool {
        text.withLock { text in
            defer { text = new }
            return text != new
        }
    }
}
