internal import CStore
internal import Glibc

/// Order of keys everywhere in the store, and in LMDB: bytes as unsigned numbers, a prefix before its extensions.
@inline(__always)
func compareBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let shared = min(a.count, b.count)
    if shared > 0, let left = a.baseAddress, let right = b.baseAddress {
        let order = memcmp(left, right, shared)
        if order != 0 { return Int(order) }
    }
    return a.count - b.count
}

func compareBytes(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in compareBytes(a, b) } }
}

func hash64(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    berth_xxh64(bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), bytes.count, seed)
}

func hash64(_ word: UInt64, seed: UInt64) -> UInt64 {
    var little = word.littleEndian
    return withUnsafeBytes(of: &little) { hash64($0, seed: seed) }
}

func crc32c(_ bytes: UnsafeRawBufferPointer, after crc: UInt32 = 0) -> UInt32 {
    berth_crc32c(crc, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), bytes.count)
}

extension UnsafeRawBufferPointer {
    /// A little-endian number at a byte offset that the caller has checked.
    @inline(__always)
    func number<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    @inline(__always)
    func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}

extension UnsafeMutableRawBufferPointer {
    @inline(__always)
    func set<T: FixedWidthInteger>(_ offset: Int, _ value: T) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    @inline(__always)
    func set(_ offset: Int, _ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress, let target = baseAddress { memcpy(target + offset, source, bytes.count) }
    }
}

/// Ends the life of an object here and not earlier. Whoever takes an object's `bytes` holds a bare pointer, and Swift
/// may let the object go after that: `defer { keepAlive(image) }` where it is made.
@inline(__always)
func keepAlive(_ object: AnyObject) { withExtendedLifetime(object) {} }

/// Bytes that grow at the end and are reused for the next batch.
///
/// Sendable by hand: owned by one thread at a time (the writer, or whoever made it).
final class OutputBuffer: @unchecked Sendable {
    private var storage: UnsafeMutableRawBufferPointer
    private let alignment: Int
    private(set) var count = 0

    init(capacity: Int = 65_536, alignment: Int = 16) {
        self.alignment = alignment
        storage = .allocate(byteCount: capacity, alignment: alignment)
    }

    deinit { storage.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[0..<count]) }

    func removeAll() {
        count = 0
        // One giant transaction must not stay in memory for good.
        if storage.count > 4_194_304 {
            storage.deallocate()
            storage = .allocate(byteCount: 65_536, alignment: alignment)
        }
    }

    func truncate(to length: Int) { count = length }

    /// `length` bytes at the end for the caller to fill in before the next call.
    func extend(_ length: Int) -> UnsafeMutableRawBufferPointer {
        if count + length > storage.count {
            let grown = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(storage.count * 2, count + length), alignment: alignment)
            grown.copyMemory(from: bytes)
            storage.deallocate()
            storage = grown
        }
        defer { count += length }
        return UnsafeMutableRawBufferPointer(rebasing: storage[count..<count + length])
    }

    func append<T: FixedWidthInteger>(_ value: T) { extend(MemoryLayout<T>.size).set(0, value) }
    func append(_ bytes: UnsafeRawBufferPointer) { extend(bytes.count).set(0, bytes) }
    func set<T: FixedWidthInteger>(_ offset: Int, _ value: T) { storage.set(offset, value) }
}

extension [UInt8] {
    /// `withUnsafeBytes` with a typed error.
    func withRawBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try withUnsafeBufferPointer { bytes throws(E) in try body(UnsafeRawBufferPointer(bytes)) }
    }
}
