/// One page of an LMDB 0.9 data file, read with bounds that do not depend on what stands in it. LMDB itself follows
/// any offset that it finds in a page, and dies of a wrong one.
///
///     page     0 8 number     10 2 flags    12 2 end of the pointers    14 2 begin of the nodes    16.. pointers (2 each)
///              an overflow page has its number of pages in 12 4
///     node     0 2, 2 2 data size (low, high) or, with 4 2, child page    4 2 flags    6 2 key size    8.. key, data
///     meta     after the page's head of 16 bytes: 0 4 magic 4 4 version 24 48 free table 72 48 main table
///              120 8 last page 128 8 transaction
///     table    0 4 page size (in the free table) 6 2 depth 8 8 branch pages 16 8 leaf pages 24 8 overflow pages
///              32 8 entries 40 8 root
struct CheckpointPage {
    static let headSize = 16
    static let branch: UInt16 = 1
    static let leaf: UInt16 = 2
    static let overflow: UInt16 = 4
    static let meta: UInt16 = 8

    let bytes: UnsafeRawBufferPointer

    var number: UInt64 { bytes.number(0) }
    var flags: UInt16 { bytes.number(10) }
    var overflowPages: Int { Int(bytes.number(12, as: UInt32.self)) }
    var nodeCount: Int { (Int(bytes.number(12, as: UInt16.self)) - Self.headSize) / 2 }

    var hasSaneBounds: Bool {
        let lower = Int(bytes.number(12, as: UInt16.self))
        let upper = Int(bytes.number(14, as: UInt16.self))
        return lower >= Self.headSize && lower <= upper && upper <= bytes.count && lower % 2 == 0
    }

    struct Node {
        var key: UnsafeRawBufferPointer
        var flags: UInt16
        /// Of a branch.
        var child: UInt64
        /// Of a leaf: its length, and where it begins in the page.
        var dataSize: Int
        var dataOffset: Int
    }

    /// nil if it does not lie within the page.
    func node(_ index: Int) -> Node? {
        let offset = Int(bytes.number(Self.headSize + 2 * index, as: UInt16.self))
        guard offset >= Self.headSize, offset + 8 <= bytes.count else { return nil }
        let (low, high, flags): (UInt16, UInt16, UInt16) = (
            bytes.number(offset), bytes.number(offset + 2), bytes.number(offset + 4)
        )
        let keySize = Int(bytes.number(offset + 6, as: UInt16.self))
        guard offset + 8 + keySize <= bytes.count else { return nil }
        let size = Int(low) | Int(high) << 16
        return Node(
            key: bytes.slice(offset + 8, keySize), flags: flags, child: UInt64(size) | UInt64(flags) << 32,
            dataSize: size, dataOffset: offset + 8 + keySize)
    }
}

/// What a meta page says about one table.
struct CheckpointTable {
    var depth: Int
    var entries: UInt64
    var root: UInt64

    static let size = 48
    static let noRoot = UInt64.max

    init(_ bytes: UnsafeRawBufferPointer) {
        depth = Int(bytes.number(6, as: UInt16.self))
        entries = bytes.number(32)
        root = bytes.number(40)
    }
}
