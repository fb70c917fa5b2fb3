internal import Glibc
internal import Synchronization

/// The versions of a memtable in the order they were written. One thread appends; others read what they know to be
/// published. Sendable by hand: an entry is complete before the count that covers it is stored with release order.
final class VersionLog: @unchecked Sendable {
    private static let pieceCapacity = 2_048
    private static let pieceLimit = 16_384
    private let pieces: UnsafeMutablePointer<UnsafeMutablePointer<VersionNode>?>
    private let published = Atomic<Int>(0)

    init() {
        // Zero pages from the kernel cost nothing until used; the directory never moves, so readers may follow it at
        // any time.
        guard let zeroed = calloc(Self.pieceLimit, MemoryLayout<UnsafeMutablePointer<VersionNode>?>.stride) else {
            preconditionFailure("out of memory")
        }
        pieces = zeroed.bindMemory(to: UnsafeMutablePointer<VersionNode>?.self, capacity: Self.pieceLimit)
    }

    deinit {
        var index = 0
        while index < Self.pieceLimit, let piece = pieces[index] {
            piece.deallocate()
            index += 1
        }
        free(pieces)
    }

    var count: Int { published.load(ordering: .acquiring) }
    var bytes: Int { (count / Self.pieceCapacity + 1) * Self.pieceCapacity * MemoryLayout<VersionNode>.stride }
    var isFull: Bool { count >= Self.pieceLimit * Self.pieceCapacity - 1_000_000 }

    subscript(index: Int) -> VersionNode {
        guard let piece = pieces[index / Self.pieceCapacity] else { preconditionFailure("entry \(index) of the log") }
        return piece[index % Self.pieceCapacity]
    }

    func append(_ version: VersionNode) {
        let index = published.load(ordering: .relaxed)
        let piece: UnsafeMutablePointer<VersionNode>
        if let present = pieces[index / Self.pieceCapacity] {
            piece = present
        } else {
            piece = .allocate(capacity: Self.pieceCapacity)
            pieces[index / Self.pieceCapacity] = piece
        }
        (piece + index % Self.pieceCapacity).initialize(to: version)
        published.store(index + 1, ordering: .releasing)
    }

    /// Index of the first version whose revision is not less than `revision`.
    func index(of revision: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].revision < revision { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
