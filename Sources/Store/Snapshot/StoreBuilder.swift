internal import Glibc

/// Builds a checkpoint from a snapshot beside the present one and puts it in its place with one rename.
struct StoreBuilder {
    let directory: StoreDirectory
    let storage: any Storage

    func build(_ reader: SnapshotReader, owner: DirectoryLock) throws(StoreError) -> Database {
        let unfinished = directory.path + "/lmdb.tmp"
        try clear(unfinished)
        try storage.makeDirectory(unfinished)
        do {
            let database = try Database(path: unfinished, mapBytes: StoreLimits.mapBytes, owner: owner)
            try reader.build(database, storage)
        }
        try storage.syncDirectory(unfinished)
        try clear(directory.checkpoint)
        // Over an empty directory rename replaces it.
        try storage.rename(unfinished, to: directory.checkpoint)
        try storage.syncDirectory(directory.path)
        return try Database(path: directory.checkpoint, mapBytes: StoreLimits.mapBytes, owner: owner)
    }

    /// Keeps a damaged checkpoint for whoever wants to look at it, under a name that nothing reads.
    func setAside() throws(StoreError) -> String {
        let damaged = directory.path + "/lmdb.damaged"
        try clear(damaged)
        try removeDirectory(damaged)
        try storage.rename(directory.checkpoint, to: damaged)
        try storage.makeDirectory(directory.checkpoint)
        try storage.syncDirectory(directory.path)
        return damaged
    }

    private func clear(_ path: String) throws(StoreError) {
        for name in ["data.mdb", "lock.mdb"] { try storage.remove(path + "/" + name) }
    }

    private func removeDirectory(_ path: String) throws(StoreError) {
        if rmdir(path) != 0 && errno != ENOENT { throw PosixStorage.failure("remove directory", path) }
    }
}
