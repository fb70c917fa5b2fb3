import Objects
import Store

extension Registry {
    /// The index keys that the writes of one transaction imply.
    func addIndexes(of writes: [ObjectWrite], to batch: inout WriteBatch) throws(Status) {
        try addBindings(of: writes, to: &batch)
        for write in writes where write.new == nil && write.kind.resourceName == .services {
            guard let old = write.old else { continue }
            try release(of: old, &batch)
        }
    }

    /// The lease that an object of this kind is stored with; 0 for kinds that do not expire.
    func lease(for kind: KindSchema) async throws(Status) -> Int64 {
        guard kind.resource == ResourceName.events.resource else { return 0 }
        return try await eventLeases.lease(engine, now: options.clock(), seconds: options.eventSeconds)
    }
}
