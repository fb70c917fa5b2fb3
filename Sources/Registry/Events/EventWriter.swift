import Objects

/// Takes notes from a queue and makes Events of them, one after the other.
final class EventWriter: Sendable {
    private enum Item: Sendable {
        case note(EventNote)
        case flush(CheckedContinuation<Void, Never>)
    }

    private let queue: AsyncStream<Item>.Continuation

    init(_ registry: Registry) {
        // Bounded: who records faster than the store writes loses the oldest notes, not the daemon's memory.
        let (stream, continuation) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingNewest(10_000))
        queue = continuation
        Task {
            var memory = EventMemory()
            var budget = EventBudget()
            for await item in stream {
                switch item {
                case .note(let note): await EventWriter.write(note, &memory, &budget, registry)
                case .flush(let done): done.resume()
                }
            }
        }
    }

    deinit { queue.finish() }

    func enqueue(_ note: EventNote) { queue.yield(.note(note)) }

    func flush() async {
        await withCheckedContinuation { done in
            switch queue.yield(.flush(done)) {
            case .enqueued: break
            case .dropped(.flush(let lost)): lost.resume()
            default: done.resume()
            }
        }
    }

    /// An Event that cannot be written is not worth an error to anybody.
    private static func write(
        _ note: EventNote, _ memory: inout EventMemory, _ budget: inout EventBudget, _ registry: Registry
    ) async {
        let (key, message) = memory.key(for: note)
        guard budget.spend(on: note) else { return }
        let user = User.controller(note.component)
        if let name = memory.name(of: key) {
            let object = ObjectKey(.events, namespace: note.namespace, name: name)
            let repeated = try? await registry.update(object, by: user) { old in
                var event = old
                event["count"] = .integer((old["count"]?.integer ?? 1) + 1)
                event["lastTimestamp"] = .string(note.time.rfc3339)
                event["message"] = .string(message)
                return event
            }
            if repeated != nil { return }
        }
        var note = note
        note.message = message
        // A clock that does not tell two notes apart must not lose the second.
        for _ in 0..<4 {
            do {
                let made = try await registry.create(note.event(), .events, namespace: note.namespace, by: user)
                return memory.remember(key, made.name)
            } catch  where error.reason == "AlreadyExists" {
                note.time.nanos = Int32(registry.options.random() % 1_000_000_000)
            } catch {
                return
            }
        }
    }
}

/// Which Events were written lately, so that the same again is counted and many similar ones become one
/// (client-go's event correlator: ten similar ones within ten minutes). Pure.
struct EventMemory: Sendable {
    struct Key: Hashable, Sendable {
        var about: ObjectReference
        var type: String
        var reason: String
        var component: String
        /// nil: many messages in one Event.
        var message: String?
    }
    private struct Group: Sendable {
        var messages: Set<String> = []
        var since: Timestamp
    }

    private static let capacity = 4096
    private static let similarLimit = 10
    private static let similarSeconds: Int64 = 600

    private var names: [Key: String] = [:]
    private var order: [Key] = []
    private var groups: [Key: Group] = [:]

    /// The Event that a note belongs to, and the message it shall have.
    mutating func key(for note: EventNote) -> (Key, message: String) {
        // Another version of the same object is no other thing to complain about.
        var about = note.about
        about.resourceVersion = ""
        var key = Key(about: about, type: note.type, reason: note.reason, component: note.component, message: nil)
        var group = groups[key] ?? Group(since: note.time)
        if note.time.seconds - group.since.seconds > EventMemory.similarSeconds { group = Group(since: note.time) }
        if group.messages.count < EventMemory.similarLimit { group.messages.insert(note.message) }
        if groups.count >= EventMemory.capacity { groups = [:] }
        groups[key] = group
        guard group.messages.contains(note.message) else {
            return (key, "(combined from similar events): \(note.message)")
        }
        key.message = note.message
        return (key, note.message)
    }

    func name(of key: Key) -> String? { names[key] }

    mutating func remember(_ key: Key, _ name: String) {
        if names.updateValue(name, forKey: key) == nil { order.append(key) }
        if order.count > EventMemory.capacity { names[order.removeFirst()] = nil }
    }
}
