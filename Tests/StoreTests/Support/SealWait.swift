import Testing

/// Returns when the log's last batch is an empty one: the seal, which comes 50 ms after the last write, or later on a
/// busy machine.
func waitForSeal(log: String) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while !isSealed(log: log) {
        try #require(ContinuousClock.now < deadline, "the log was not sealed")
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The number of records of each block's batch is at byte 76 of the block (docs/durability.md).
private func isSealed(log: String) -> Bool {
    var records: UInt32?
    for name in names(in: log) where name.hasSuffix(".wal") {
        let bytes = readFile(log + "/" + name)
        for block in stride(from: 0, to: bytes.count - 4_095, by: 4_096) {
            if bytes[block..<block + 4].allSatisfy({ $0 == 0 }) { break }
            records = bytes[(block + 76)..<(block + 80)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
    return records == 0
}
