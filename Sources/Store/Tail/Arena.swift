internal import Glibc

/// Memory that is handed out in order and freed all at once. It comes from the kernel in 1 MiB pieces, not from
/// malloc, so that dropping a generation gives the memory back whatever else was allocated meanwhile.
struct Arena: ~Copyable {
    private static let pieceSize = 1_048_576
    private var pieces: [UnsafeMutableRawBufferPointer] = []
    private var free = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private(set) var bytes = 0

    init() {}

    deinit { for piece in pieces { munmap(piece.baseAddress, piece.count) } }

    /// Zeroed memory, aligned to 8 bytes.
    mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        let rounded = (size + 7) & ~7
        if rounded > free.count { addPiece(atLeast: rounded) }
        guard let start = free.baseAddress else { preconditionFailure("an arena piece has an address") }
        free = UnsafeMutableRawBufferPointer(rebasing: free[rounded...])
        return start
    }

    private mutating func addPiece(atLeast size: Int) {
        // The first piece is small: an idle store should not hold a megabyte.
        let pieceSize = max(pieces.isEmpty ? 65_536 : Self.pieceSize, (size + 4_095) & ~4_095)
        let address = mmap(nil, pieceSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != MAP_FAILED else { preconditionFailure("out of memory: \(pieceSize) bytes") }
        let piece = UnsafeMutableRawBufferPointer(start: address, count: pieceSize)
        pieces.append(piece)
        bytes += pieceSize
        free = piece
    }
}
