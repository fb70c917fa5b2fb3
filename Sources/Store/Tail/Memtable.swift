internal import Glibc
internal import Synchronization

/// A key in a memtable: a node of a skip list. Layout: newest version 0, key length 8, height 12, then `height`
/// pointers to the next node of each level, then the key. Every pointer is written with release order after what it
/// points to is complete, and nothing is ever removed, so readers need no lock.
struct KeyNode: Equatable {
    let base: UnsafeMutableRawPointer

    static func size(height: Int, keyLength: Int) -> Int { 16 + 8 * height + keyLength }

    var height: Int { Int(base.load(fromByteOffset: 12, as: UInt32.self)) }
    var key: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: base + 16 + 8 * height, count: Int(base.load(fromByteOffset: 8, as: UInt32.self)))
    }
    var newest: VersionNode? {
        UnsafeMutableRawPointer(bitPattern: atomic(0).pointee.load(ordering: .acquiring)).map(VersionNode.init)
    }
    func next(level: Int) -> KeyNode? {
        UnsafeMutableRawPointer(bitPattern: atomic(16 + 8 * level).pointee.load(ordering: .acquiring)).map(KeyNode.init)
    }
    func setNewest(_ version: VersionNode) {
        atomic(0).pointee.store(UInt(bitPattern: version.base), ordering: .releasing)
    }
    func setNext(level: Int, _ node: KeyNode?) {
        atomic(16 + 8 * level).pointee.store(node.map { UInt(bitPattern: $0.base) } ?? 0, ordering: .releasing)
    }

    private func atomic(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt>> {
        (base + offset).assumingMemoryBound(to: Atomic<UInt>.self)
    }
}

/// One record in a memtable. Layout: older version of the same key in this memtable 0, key node 8, checksum 16,
/// transaction 24, value length 32, encoded header 40, value 92. Complete before it can be reached, never changed.
struct VersionNode: Equatable {
    let base: UnsafeMutableRawPointer

    static let headSize = 40 + RecordHeader.encodedSize

    var older: VersionNode? { base.load(as: UnsafeMutableRawPointer?.self).map(VersionNode.init) }
    var node: KeyNode { KeyNode(base: base.load(fromByteOffset: 8, as: UnsafeMutableRawPointer.self)) }
    var checksum: UInt64 { base.load(fromByteOffset: 16, as: UInt64.self) }
    var transaction: TransactionNode {
        TransactionNode(base: base.load(fromByteOffset: 24, as: UnsafeMutableRawPointer.self))
    }
    var revision: Int64 { base.load(fromByteOffset: 40, as: Int64.self) }
    var header: RecordHeader {
        RecordHeader(decoding: UnsafeRawBufferPointer(start: base + 40, count: RecordHeader.encodedSize))
    }
    var value: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + Self.headSize, count: base.load(fromByteOffset: 32, as: Int.self))
    }
    var record: RecordView { RecordView(header: header, key: node.key, value: value, checksum: checksum) }
}

/// Time and origin of a transaction: nanoseconds since 1970 at 0, origin length 8, origin 16.
struct TransactionNode {
    let base: UnsafeMutableRawPointer
    var nanoseconds: Int64 { base.load(as: Int64.self) }
    var origin: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + 16, count: base.load(fromByteOffset: 8, as: Int.self))
    }
}

/// An ordered map from key to versions, and the same versions in the order they were written. One thread writes, any
/// number read meanwhile; readers leave out versions above the revision that they were given.
///
/// Sendable by hand: see `KeyNode` for why readers and the one writer do not disturb each other. `insert` and
/// `addTransaction` are called by one thread at a time (the writer, or recovery before there is a writer).
final class Memtable: @unchecked Sendable {
    private static let maximumHeight = 12
    private var arena = Arena()
    private let head: KeyNode
    private var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    let log = VersionLog()
    /// Key and value bytes of all versions. For the thread that writes.
    private(set) var contentBytes: Int64 = 0

    init() {
        let size = KeyNode.size(height: Self.maximumHeight, keyLength: 0)
        let base = arena.allocate(size)
        base.storeBytes(of: UInt32(Self.maximumHeight), toByteOffset: 12, as: UInt32.self)
        head = KeyNode(base: base)
    }

    /// Memory taken from the kernel.
    var bytes: Int { arena.bytes + log.bytes }

    // MARK: Reading

    /// The first node whose key is not less than `key`.
    func seek(_ key: UnsafeRawBufferPointer) -> KeyNode? {
        var node = head
        var level = Self.maximumHeight - 1
        while true {
            // Read once: a node that is inserted here meanwhile, in front of the one that was compared, is not the answer.
            let next = node.next(level: level)
            if let next, compareBytes(next.key, key) < 0 {
                node = next
            } else if level == 0 {
                return next
            } else {
                level -= 1
            }
        }
    }

    func find(_ key: UnsafeRawBufferPointer) -> KeyNode? {
        guard let node = seek(key), compareBytes(node.key, key) == 0 else { return nil }
        return node
    }

    // MARK: Writing

    func addTransaction(nanoseconds: Int64, origin: UnsafeRawBufferPointer) -> TransactionNode {
        let base = arena.allocate(16 + origin.count)
        base.storeBytes(of: nanoseconds, as: Int64.self)
        base.storeBytes(of: origin.count, toByteOffset: 8, as: Int.self)
        if let source = origin.baseAddress { memcpy(base + 16, source, origin.count) }
        return TransactionNode(base: base)
    }

    @discardableResult
    func insert(
        _ header: RecordHeader, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
        transaction: TransactionNode
    ) -> VersionNode {
        let node = findOrAddNode(key)
        let base = arena.allocate(VersionNode.headSize + value.count)
        base.storeBytes(of: node.newest?.base, as: UnsafeMutableRawPointer?.self)
        base.storeBytes(of: node.base, toByteOffset: 8, as: UnsafeMutableRawPointer.self)
        base.storeBytes(of: header.checksum(key: key, value: value), toByteOffset: 16, as: UInt64.self)
        base.storeBytes(of: transaction.base, toByteOffset: 24, as: UnsafeMutableRawPointer.self)
        base.storeBytes(of: value.count, toByteOffset: 32, as: Int.self)
        header.encode(to: UnsafeMutableRawBufferPointer(start: base + 40, count: RecordHeader.encodedSize))
        if let source = value.baseAddress { memcpy(base + VersionNode.headSize, source, value.count) }
        let version = VersionNode(base: base)
        node.setNewest(version)
        log.append(version)
        contentBytes += Int64(key.count + value.count)
        return version
    }

    private func findOrAddNode(_ key: UnsafeRawBufferPointer) -> KeyNode {
        withUnsafeTemporaryAllocation(of: KeyNode.self, capacity: Self.maximumHeight) { before in
            var node = head
            for level in stride(from: Self.maximumHeight - 1, through: 0, by: -1) {
                while let next = node.next(level: level), compareBytes(next.key, key) < 0 { node = next }
                before.initializeElement(at: level, to: node)
            }
            if let found = node.next(level: 0), compareBytes(found.key, key) == 0 { return found }
            return addNode(key, after: before)
        }
    }

    private func addNode(_ key: UnsafeRawBufferPointer, after before: UnsafeMutableBufferPointer<KeyNode>) -> KeyNode {
        let height = randomHeight()
        let base = arena.allocate(KeyNode.size(height: height, keyLength: key.count))
        base.storeBytes(of: UInt32(key.count), toByteOffset: 8, as: UInt32.self)
        base.storeBytes(of: UInt32(height), toByteOffset: 12, as: UInt32.self)
        if let source = key.baseAddress { memcpy(base + 16 + 8 * height, source, key.count) }
        let node = KeyNode(base: base)
        for level in 0..<height { node.setNext(level: level, before[level].next(level: level)) }
        for level in 0..<height { before[level].setNext(level: level, node) }
        return node
    }

    /// One level more with probability 1/4 each.
    private func randomHeight() -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return min(Self.maximumHeight, 1 + random.trailingZeroBitCount / 2)
    }
}
