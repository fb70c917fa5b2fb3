internal import Glibc

/// Looks at a checkpoint's data file before LMDB maps it. LMDB 0.9 has no checksums: of random bit flips it returned
/// four fifths as data, and zeroed or missing pages killed the process (reliability.md, section 2).
///
/// - `quick`: both meta pages, the file's length, the tables' roots and all branch pages, for at most 50 ms;
/// - `full`: every page that can be reached, every record's checksum, the number of entries of each table, and the
///   state hash.
///
/// It reads with pread and follows nothing without a bound, so it runs in this process.
struct CheckpointValidator {
    enum Depth { case quick, full }

    private let path: String
    private let descriptor: Int32
    private let depth: Depth
    private let deadline: Int64
    private let storage: any Storage

    /// Throws `corrupt` with the page, or returns. A file that does not exist is not damaged.
    static func validate(_ directory: String, _ depth: Depth, _ storage: any Storage) throws(StoreError) {
        let path = directory + "/data.mdb"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return }
            throw PosixStorage.failure("open", path)
        }
        defer { close(descriptor) }
        let deadline = depth == .full ? Int64.max : storage.monotonicNanoseconds + 50_000_000
        let validator = CheckpointValidator(
            path: path, descriptor: descriptor, depth: depth, deadline: deadline, storage: storage)
        try validator.run()
    }

    private static let pageSize = 4_096

    private func run() throws(StoreError) {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw PosixStorage.failure("stat", path) }
        if status.st_size == 0 { return }
        let metas = [try meta(0), try meta(1)]
        let (a, b) = (metas[0].transaction, metas[1].transaction)
        guard (a == 0 && b <= 1) || (a % 2 == 0 && b % 2 == 1 && (a &- b == 1 || b &- a == 1)) else {
            throw damaged(0, "meta pages of transactions \(a) and \(b) do not follow each other")
        }
        let newest = a > b ? metas[0] : metas[1]
        guard UInt64(status.st_size) >= (newest.lastPage + 1) * UInt64(Self.pageSize) else {
            throw damaged(newest.lastPage, "the file ends before its last page")
        }
        var walk = CheckpointWalk(lastPage: newest.lastPage, isFull: depth == .full)
        try table(newest.main, named: nil, &walk)
        if depth == .full, let promised = walk.promisedHash, promised != walk.stateHash {
            throw damaged(0, "the records do not give the state hash that table meta promises")
        }
    }

    private struct Meta {
        var transaction: UInt64
        var lastPage: UInt64
        var main: CheckpointTable
    }

    private func meta(_ number: UInt64) throws(StoreError) -> Meta {
        let image = try read(number, count: 1)
        defer { keepAlive(image) }
        let page = CheckpointPage(bytes: image.bytes)
        let body = image.bytes.slice(CheckpointPage.headSize, 136)
        guard page.number == number, page.flags & CheckpointPage.meta != 0,
            body.number(0, as: UInt32.self) == 0xBEEF_C0DE, body.number(4, as: UInt32.self) == 1
        else { throw damaged(number, "not a meta page") }
        guard body.number(24, as: UInt32.self) == UInt32(Self.pageSize) else {
            throw damaged(number, "pages of \(body.number(24, as: UInt32.self)) bytes")
        }
        return Meta(
            transaction: body.number(128), lastPage: body.number(120),
            main: CheckpointTable(body.slice(72, CheckpointTable.size)))
    }

    // MARK: Tables

    private func table(
        _ table: CheckpointTable, named name: String?, _ walk: inout CheckpointWalk
    ) throws(StoreError) {
        if table.root == CheckpointTable.noRoot {
            if table.entries != 0 { throw damaged(0, "table \(name ?? "of tables") has entries and no root") }
            return
        }
        let before = walk.entries
        walk.entries = 0
        try self.page(table.root, level: 1, of: table, name, &walk)
        if depth == .full, walk.entries != table.entries {
            throw damaged(
                table.root, "table \(name ?? "of tables") has \(walk.entries) entries, not \(table.entries)")
        }
        walk.entries = before
    }

    private func page(
        _ number: UInt64, level: Int, of table: CheckpointTable, _ name: String?, _ walk: inout CheckpointWalk
    ) throws(StoreError) {
        guard number > 1, number <= walk.lastPage, walk.visit(number) else {
            throw damaged(number, "the page is out of bounds or used twice")
        }
        let image = try read(number, count: 1)
        defer { keepAlive(image) }
        let page = CheckpointPage(bytes: image.bytes)
        guard page.number == number, page.hasSaneBounds, page.nodeCount > 0 else {
            throw damaged(number, "the page's head is wrong")
        }
        if level == table.depth {
            guard page.flags & CheckpointPage.leaf != 0 else { throw damaged(number, "not a leaf page") }
            try leaf(page, number, name, &walk)
            return
        }
        guard page.flags & CheckpointPage.branch != 0 else { throw damaged(number, "not a branch page") }
        for index in 0..<page.nodeCount {
            guard let node = page.node(index) else { throw damaged(number, "node \(index) is out of bounds") }
            guard node.child > 1, node.child <= walk.lastPage else {
                throw damaged(number, "child page \(node.child) is out of bounds")
            }
            // Leaves of the tables are left to the checksums of their records, except in a full validation.
            let isLeaf = level + 1 == table.depth
            if isLeaf, depth == .quick, name != nil { continue }
            if storage.monotonicNanoseconds > deadline { return }
            try self.page(node.child, level: level + 1, of: table, name, &walk)
        }
    }

    private func leaf(
        _ page: CheckpointPage, _ number: UInt64, _ name: String?, _ walk: inout CheckpointWalk
    ) throws(StoreError) {
        var previous: UnsafeRawBufferPointer?
        for index in 0..<page.nodeCount {
            guard let node = page.node(index), !node.key.isEmpty else {
                throw damaged(number, "node \(index) is out of bounds")
            }
            if let previous, compareBytes(previous, node.key) >= 0 {
                throw damaged(number, "the keys are not in order")
            }
            previous = node.key
            walk.entries += 1
            try self.entry(node, in: page, number, name, &walk)
        }
    }

    private func entry(
        _ node: CheckpointPage.Node, in page: CheckpointPage, _ number: UInt64, _ name: String?,
        _ walk: inout CheckpointWalk
    ) throws(StoreError) {
        if node.flags & 1 != 0 {
            guard node.dataOffset + 8 <= page.bytes.count else { throw damaged(number, "a node is out of bounds") }
            let first: UInt64 = page.bytes.number(node.dataOffset)
            let image = try overflow(first, bytes: node.dataSize, &walk)
            defer { keepAlive(image) }
            try record(node.key, image.bytes.slice(CheckpointPage.headSize, node.dataSize), number, name, &walk)
            return
        }
        guard node.dataOffset + node.dataSize <= page.bytes.count else {
            throw damaged(number, "a node is out of bounds")
        }
        let data = page.bytes.slice(node.dataOffset, node.dataSize)
        if name == nil {
            guard node.flags & 2 != 0, data.count == CheckpointTable.size else {
                throw damaged(number, "not a table")
            }
            try table(CheckpointTable(data), named: String(decoding: node.key, as: UTF8.self), &walk)
        } else {
            try record(node.key, data, number, name, &walk)
        }
    }

    private func overflow(_ first: UInt64, bytes: Int, _ walk: inout CheckpointWalk) throws(StoreError) -> FileImage {
        let count = (CheckpointPage.headSize + bytes + Self.pageSize - 1) / Self.pageSize
        guard first > 1, count < 1 << 20, first + UInt64(count) - 1 <= walk.lastPage, walk.visit(first, count: count)
        else { throw damaged(first, "the overflow pages are out of bounds or used twice") }
        let image = try read(first, count: count)
        let page = CheckpointPage(bytes: image.bytes)
        guard page.number == first, page.flags & CheckpointPage.overflow != 0, page.overflowPages == count else {
            throw damaged(first, "not the overflow pages that the record names")
        }
        return image
    }

    private func record(
        _ key: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer, _ page: UInt64, _ name: String?,
        _ walk: inout CheckpointWalk
    ) throws(StoreError) {
        if depth == .quick { return }
        do {
            try walk.check(key, data, table: name ?? "")
        } catch {
            throw StoreError(error.code, "\(path): page \(page): \(error.message)")
        }
    }

    // MARK: Reading

    private func read(_ page: UInt64, count: Int) throws(StoreError) -> FileImage {
        let image = FileImage(count: count * Self.pageSize)
        var done = 0
        while done < image.count {
            let got = pread(
                descriptor, image.memory.baseAddress.map { $0 + done }, image.count - done,
                off_t(page) * off_t(Self.pageSize) + off_t(done))
            if got < 0 && errno == EINTR { continue }
            if got < 0 { throw PosixStorage.failure("read", path) }
            if got == 0 { throw damaged(page, "the file ends here") }
            done += got
        }
        return image
    }

    private func damaged(_ page: UInt64, _ how: String) -> StoreError {
        StoreError(.corrupt, "\(path): page \(page): \(how)")
    }
}
