import Testing

@testable import Controllers

@Suite struct SortedChunksTests {
    /// Against a plain sorted array; enough elements for many chunks, and down to none again.
    @Test(arguments: [UInt64](1...5))
    func isASortedSet(_ seed: UInt64) {
        var random = SeededRandom(seed)
        var chunks = SortedChunks<Int>()
        var model: Set<Int> = []
        for step in 0..<6000 {
            let element = Int.random(in: 0..<1500, using: &random)
            // It fills for the first half and empties in the second.
            if Int.random(in: 0..<10, using: &random) < (step < 3000 ? 8 : 2) {
                chunks.insert(element)
                model.insert(element)
            } else {
                chunks.remove(element)
                model.remove(element)
            }
            guard step % 50 == 0 else { continue }
            let sorted = model.sorted()
            #expect(chunks.elements == sorted && chunks.last == sorted.last && chunks.isEmpty == sorted.isEmpty)
            let start = Int.random(in: -10..<1510, using: &random)
            let found = chunks.first(after: { $0 < start }) { $0 % 3 == 0 }
            #expect(found == sorted.first { $0 >= start && $0 % 3 == 0 }, "seed \(seed), step \(step)")
        }
        for element in model { chunks.remove(element) }
        #expect(chunks.isEmpty && chunks.last == nil && chunks.elements.isEmpty)
        chunks.remove(1)
    }
}
