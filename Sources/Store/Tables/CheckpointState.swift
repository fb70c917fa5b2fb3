/// What a checkpoint says about itself: the one entry of table `meta`, written in the same LMDB transaction as the
/// changes it covers.
struct CheckpointState: Hashable, Sendable {
    static let formatVersion: UInt32 = 1
    static let size = 152

    var identity: StoreIdentity
    /// Where the log continues behind what is applied.
    var position: LogPosition
    var revision: Int64
    var compactRevision: Int64
    /// Records below are physically gone; at most `compactRevision`.
    var removedRevision: Int64
    var stateHash: StateHash
    /// Key and value bytes of all records that are not compacted, and how many these are.
    var liveBytes: Int64
    var liveRecords: Int64
    /// Wall clock when the store was made, and of this checkpoint: nanoseconds since 1970.
    var createdNanoseconds: Int64
    var writtenNanoseconds: Int64

    static func initial(_ identity: StoreIdentity, now: Int64) -> CheckpointState {
        CheckpointState(
            identity: identity,
            position: LogPosition(segment: 1, block: 0, sequence: 1, chain: identity.firstChain), revision: 1,
            compactRevision: 0, removedRevision: 0, stateHash: StateHash(), liveBytes: 0, liveRecords: 0,
            createdNanoseconds: now, writtenNanoseconds: now)
    }

    /// Magic "BERTHMDB" 0, format version 8, zero 12, identity 16, segment 32, block 40, zero 44, sequence 48,
    /// chain 56, revision 64, compact revision 72, removed revision 80, state hash 88, live bytes 104, live records
    /// 112, created 120, written 128, zero 136, XXH64 of all before 144.
    func encode(to target: UnsafeMutableRawBufferPointer) {
        target.set(0, Self.magic)
        target.set(8, UInt64(Self.formatVersion))
        target.set(16, identity.high)
        target.set(24, identity.low)
        target.set(32, position.segment)
        target.set(40, UInt64(position.block))
        target.set(48, position.sequence)
        target.set(56, position.chain)
        target.set(64, revision)
        target.set(72, compactRevision)
        target.set(80, removedRevision)
        target.set(88, UInt64(truncatingIfNeeded: stateHash.value))
        target.set(96, UInt64(truncatingIfNeeded: stateHash.value >> 64))
        target.set(104, liveBytes)
        target.set(112, liveRecords)
        target.set(120, createdNanoseconds)
        target.set(128, writtenNanoseconds)
        target.set(136, UInt64(0))
        target.set(144, hash64(UnsafeRawBufferPointer(target).slice(0, 144)))
    }

    init(decoding entry: UnsafeRawBufferPointer, in path: String) throws(StoreError) {
        guard entry.count >= 12, entry.number(0) == Self.magic else {
            throw StoreError(.corrupt, "\(path): table meta does not describe a store")
        }
        let version: UInt32 = entry.number(8)
        guard version == Self.formatVersion else {
            throw StoreError(
                .unknownFormat, "\(path): checkpoint format version \(version); this build knows \(Self.formatVersion)")
        }
        guard entry.count == Self.size, entry.number(144) == hash64(entry.slice(0, 144)) else {
            throw StoreError(.corrupt, "\(path): table meta does not match its checksum")
        }
        identity = StoreIdentity(high: entry.number(16), low: entry.number(24))
        position = LogPosition(
            segment: entry.number(32), block: entry.number(40), sequence: entry.number(48), chain: entry.number(56))
        revision = entry.number(64)
        compactRevision = entry.number(72)
        removedRevision = entry.number(80)
        stateHash = StateHash(
            value: UInt128(entry.number(96, as: UInt64.self)) << 64 | UInt128(entry.number(88, as: UInt64.self)))
        liveBytes = entry.number(104)
        liveRecords = entry.number(112)
        createdNanoseconds = entry.number(120)
        writtenNanoseconds = entry.number(128)
    }

    init(
        identity: StoreIdentity, position: LogPosition, revision: Int64, compactRevision: Int64,
        removedRevision: Int64, stateHash: StateHash, liveBytes: Int64, liveRecords: Int64,
        createdNanoseconds: Int64, writtenNanoseconds: Int64
    ) {
        self.identity = identity
        self.position = position
        self.revision = revision
        self.compactRevision = compactRevision
        self.removedRevision = removedRevision
        self.stateHash = stateHash
        self.liveBytes = liveBytes
        self.liveRecords = liveRecords
        self.createdNanoseconds = createdNanoseconds
        self.writtenNanoseconds = writtenNanoseconds
    }

    private static let magic: UInt64 = 0x4244_4D48_5452_4542
}
