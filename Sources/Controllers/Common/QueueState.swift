/// The state machine of a work queue: which keys wait, which are being worked on, how often each has failed. The
/// semantics are those of client-go's `workqueue` (https://pkg.go.dev/k8s.io/client-go/util/workqueue): a key that
/// waits is in the queue once, however often it is added; a key is never worked on twice at a time; a key that is added
/// while it is worked on comes back when that work is done.
package struct QueueState<Key: Hashable & Sendable>: ~Copyable, Sendable {
    private var ready = FIFO<Key>()
    /// Keys that need work: those in `ready`, and those added again while they are worked on.
    private var dirty: Set<Key> = []
    private var working: Set<Key> = []
    private var failures: [Key: Int] = [:]
    package private(set) var isShutDown = false

    package init() {}

    /// Keys that could be taken now.
    package var readyCount: Int { ready.count }
    /// Nothing waits and nothing is being worked on.
    package var isIdle: Bool { dirty.isEmpty && working.isEmpty }

    /// True if the key became ready, so that a worker may be woken.
    package mutating func add(_ key: Key) -> Bool {
        guard !isShutDown, dirty.insert(key).inserted, !working.contains(key) else { return false }
        ready.append(key)
        return true
    }

    package mutating func take() -> Key? {
        while let key = ready.popFirst() {
            // A key that was blocked while it waited comes back when that work is done.
            if working.contains(key) { continue }
            dirty.remove(key)
            working.insert(key)
            return key
        }
        return nil
    }

    /// Counts the key as being worked on though it was not taken: work on another key concerns it too. `done` ends that.
    package mutating func block(_ key: Key) { working.insert(key) }

    package func isWorkedOn(_ key: Key) -> Bool { working.contains(key) }

    /// True if the key became ready again because it was added meanwhile.
    package mutating func done(_ key: Key) -> Bool {
        guard working.remove(key) != nil, dirty.contains(key) else { return false }
        ready.append(key)
        return true
    }

    /// Counts a failure and says how many there have been in a row before this one.
    package mutating func countFailure(_ key: Key) -> Int {
        let before = failures[key] ?? 0
        failures[key] = before + 1
        return before
    }

    package mutating func forget(_ key: Key) { failures[key] = nil }

    /// What waits is dropped; what is being worked on may finish.
    package mutating func shutDown() {
        isShutDown = true
        ready = FIFO()
        dirty = []
    }
}

/// First in, first out, in amortised constant time.
struct FIFO<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
