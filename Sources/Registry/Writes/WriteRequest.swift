import Objects

/// One write as everything that has a say in it sees it.
struct WriteRequest: Sendable {
    var kind: KindSchema
    var namespace: String
    var subresource: Subresource?
    var options: WriteOptions
    var user: User
    /// The same for the whole write.
    var now: Timestamp
    /// Server-side apply has said already who owns which fields.
    var isApplied = false
    /// The part of the store transaction that other objects and the indexes have in it.
    var batch = WriteBatch()

    var resource: ResourceName { kind.resourceName }
}

/// What a transaction does to one object: `old` nil makes it, `new` nil removes it.
struct ObjectWrite: Sendable {
    var kind: KindSchema
    var old: Object?
    var new: Object?
    var key: [UInt8]
    /// What the writer is told; an update that ends a deletion has one though nothing is left.
    var result: Object?
}
