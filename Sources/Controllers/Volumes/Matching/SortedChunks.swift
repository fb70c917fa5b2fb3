/// A sorted set in pieces of bounded length, so that what a change moves does not grow with the set: an array of 100,000
/// elements would be moved by half for each element that is taken from its middle.
struct SortedChunks<Element: Comparable & Sendable>: Sendable {
    /// None is empty.
    private var chunks: [[Element]] = []
    private static var limit: Int { 128 }

    var isEmpty: Bool { chunks.isEmpty }
    var last: Element? { chunks.last?.last }

    /// Does nothing if an equal element is there.
    mutating func insert(_ element: Element) {
        guard !chunks.isEmpty else { return chunks.append([element]) }
        let number = min(chunk(reaching: element), chunks.count - 1)
        let place = chunks[number].partition { $0 < element }
        if place < chunks[number].count, chunks[number][place] == element { return }
        chunks[number].insert(element, at: place)
        if chunks[number].count > Self.limit { split(number) }
    }

    mutating func remove(_ element: Element) {
        let number = chunk(reaching: element)
        guard number < chunks.count else { return }
        let place = chunks[number].partition { $0 < element }
        guard chunks[number][place] == element else { return }
        chunks[number].remove(at: place)
        if chunks[number].isEmpty { chunks.remove(at: number) }
    }

    /// The first element that `accepts` takes, from the first one on that `precedes` is not true of. The elements must be
    /// ordered by `precedes`.
    func first(
        after precedes: (Element) -> Bool = { _ in false }, where accepts: (Element) -> Bool
    ) -> Element? {
        let number = chunks.partition { $0.last.map(precedes) ?? true }
        guard number < chunks.count else { return nil }
        for element in chunks[number][chunks[number].partition(precedes)...] where accepts(element) { return element }
        for chunk in chunks[(number + 1)...] { for element in chunk where accepts(element) { return element } }
        return nil
    }

    /// All elements, in order.
    var elements: [Element] { chunks.flatMap { $0 } }

    /// The first chunk that does not end before `element`.
    private func chunk(reaching element: Element) -> Int { chunks.partition { $0.last.map { $0 < element } ?? true } }

    private mutating func split(_ number: Int) {
        let half = chunks[number].count / 2
        let rest = Array(chunks[number][half...])
        chunks[number].removeSubrange(half...)
        chunks.insert(rest, at: number + 1)
    }
}
