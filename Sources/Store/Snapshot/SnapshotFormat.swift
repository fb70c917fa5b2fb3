internal import CStore

/// A snapshot is a stream: a header block, chunks, a trailer. Little-endian. The same for the store's own snapshots
/// and for backups; it can be written to a pipe.
///
///     header, 4,096 bytes    0 8 magic "BERTHSNP"   8 4 format version   12 4 zero
///                           16 152 the checkpoint state that it holds (CheckpointState)
///                        4,092 4 CRC-32C of the bytes before
///     chunk                  0 4 magic "CHNK"       4 4 payload bytes    8 4 records    12 4 CRC-32C of the payload
///                           16 payload: log records (LogRecord.swift): transactions in the order of their revisions
///                              with the changes that are left of them, then leases
///     trailer, 64 bytes      0 8 magic "BERTHEND"   8 8 chunks          16 8 records
///                           24 32 SHA-256 of everything before the trailer
///                           56 4 zero               60 4 CRC-32C of the trailer's bytes before
enum SnapshotFormat {
    static let version: UInt32 = 1
    static let headerSize = 4_096
    static let chunkHeadSize = 16
    static let trailerSize = 64
    /// A chunk is closed once it has this size; one transaction may make it larger.
    static let chunkBytes = 262_144
    static let chunkBytesMaximum = 33_554_432

    static let headerMagic: UInt64 = 0x504E_5348_5452_4542
    static let chunkMagic: UInt32 = 0x4B4E_4843
    static let trailerMagic: UInt64 = 0x444E_4548_5452_4542
}

/// SHA-256 over a stream.
struct SHA256Stream {
    private var hash = berth_sha256()

    init() { berth_sha256_init(&hash) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { berth_sha256_add(&hash, start, bytes.count) }
    }

    /// The digest of what was added so far.
    func digest() -> [UInt8] {
        var copy = hash
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            if let start = buffer.baseAddress { berth_sha256_finish(&copy, start) }
            count = 32
        }
    }
}
