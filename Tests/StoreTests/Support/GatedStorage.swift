import Glibc

@testable import Store

/// Real files, with doors that a test shuts: commits of LMDB that wait or fail, a checkpoint whose file cannot grow.
final class GatedStorage: WrappedStorage {
    private struct Doors {
        /// How many commits may still pass; nil: all.
        var commits: Int?
        var held = 0
        var passes = 0
        var commitError: StoreError?
        /// How often the checkpoint's file may still grow; nil: always.
        var growths: Int?
        /// What the disk pretends to have left; nil: what it has.
        var free: Int64?
        var synced: [String] = []
    }

    let real = PosixStorage()
    private let doors = Monitor(Doors())

    /// Directories that were synced, in order.
    var synced: [String] { doors.withLock { $0.synced } }

    /// So many commits pass, the next one waits.
    func holdCommits(after count: Int) { doors.broadcast { $0.commits = count } }
    /// Lets the one that waits pass, and holds the next.
    func passHeldCommit() {
        doors.broadcast { doors in
            doors.passes += 1
            doors.held = 0
        }
    }
    func releaseCommits() { doors.broadcast { $0.commits = nil } }
    func failCommits(_ error: StoreError) { doors.broadcast { $0.commitError = error } }

    /// False if no commit has come to wait.
    func waitForHeldCommit(within seconds: Int64 = 60) -> Bool {
        let deadline = real.monotonicNanoseconds + seconds * 1_000_000_000
        return doors.wait(until: deadline) { $0.held > 0 ? () : nil } != nil
    }

    /// Nobody but the checkpoint finds the disk full.
    func refuseGrowth(after count: Int) { doors.broadcast { $0.growths = count } }

    /// The disk is full but for so many growths of the checkpoint's file.
    func fill(growths: Int) {
        doors.broadcast { doors in
            doors.growths = growths
            doors.free = 0
        }
    }

    func empty() {
        doors.broadcast { doors in
            doors.growths = nil
            doors.free = nil
        }
    }

    func syncDirectory(_ path: String) throws(StoreError) {
        doors.broadcast { $0.synced.append(path) }
        try real.syncDirectory(path)
    }
    func freeBytes(_ path: String) throws(StoreError) -> Int64 {
        if let free = doors.withLock({ $0.free }) { return free }
        return try real.freeBytes(path)
    }
    func allocate(_ path: String, bytes: Int64) throws(StoreError) {
        if path.hasSuffix("/data.mdb"), isGrowthRefused() {
            throw StoreError(.noSpace, "\(path): no room, says the test", cause: ENOSPC)
        }
        try real.allocate(path, bytes: bytes)
    }
    func willCommit() throws(StoreError) {
        let (isHeld, passes): (Bool, Int) = doors.broadcast { doors in
            guard let left = doors.commits else { return (false, 0) }
            if left > 0 { doors.commits = left - 1 } else { doors.held += 1 }
            return (left == 0, doors.passes)
        }
        if isHeld { doors.wait { $0.commits == nil || $0.passes > passes ? () : nil } }
        if let error = doors.withLock({ $0.commitError }) { throw error }
    }

    private func isGrowthRefused() -> Bool {
        doors.withLock { doors in
            guard let left = doors.growths else { return false }
            doors.growths = max(left - 1, 0)
            return left == 0
        }
    }
}
