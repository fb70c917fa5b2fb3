import Objects
import Store

/// Who has whom. A volume's and a claim's key are made once, in the transaction that completes their binding, and go
/// with either object; a key that is there makes a second binding of its object impossible, whoever tries.
enum BindingIndex {
    /// The pair that the objects are, if their binding is complete: each names the other, the claim by its UID.
    static func isComplete(volume: Object, claim: Object) -> Bool {
        let reference = volume["spec", "claimRef"]
        return reference?["uid"]?.string == claim.uid && reference?["name"]?.string == claim.name
            && reference?["namespace"]?.string == claim.namespace
            && claim["spec", "volumeName"]?.string == volume.name
    }

    static func value(volume: Object, claim: Object) -> [UInt8] {
        JSONEncoder.encode([
            "volume": ["name": .string(volume.name), "uid": .string(volume.uid)],
            "claim": [
                "namespace": .string(claim.namespace), "name": .string(claim.name), "uid": .string(claim.uid),
            ],
        ])
    }

    static func uids(_ value: [UInt8]) -> (volume: String, claim: String)? {
        guard let json = try? JSONParser.parse(value), let volume = json.at("volume", "uid")?.string,
            let claim = json.at("claim", "uid")?.string
        else { return nil }
        return (volume, claim)
    }
}

extension Registry {
    func addBindings(of writes: [ObjectWrite], to batch: inout WriteBatch) throws(Status) {
        for write in writes {
            switch write.kind.resourceName {
            case .persistentVolumes:
                if let volume = write.new {
                    try bind(volume: volume, replacing: write.old, writes, &batch)
                } else if let volume = write.old {
                    try unbind(StorageKeys.bindingOfVolume(uid: volume.uid), &batch)
                }
            case .persistentVolumeClaims:
                if let claim = write.new {
                    try bind(claim: claim, replacing: write.old, writes, &batch)
                } else if let claim = write.old {
                    try unbind(StorageKeys.bindingOfClaim(uid: claim.uid), &batch)
                }
            default:
                break
            }
        }
    }

    private func bind(
        volume: Object, replacing old: Object?, _ writes: [ObjectWrite], _ batch: inout WriteBatch
    ) throws(Status) {
        guard let reference = volume["spec", "claimRef"], reference["uid"]?.string ?? "" != "",
            let name = reference["name"]?.string
        else { return }
        let key = ObjectKey(
            .persistentVolumeClaims, namespace: reference["namespace"]?.string ?? "", name: name)
        let changed = old?["spec", "claimRef"] != reference
        guard let claim = try counterpart(key, writes, guarding: changed, &batch) else { return }
        guard BindingIndex.isComplete(volume: volume, claim: claim) else { return }
        try index(volume: volume, claim: claim, about: .persistentVolumes, volume.name, &batch)
    }

    private func bind(
        claim: Object, replacing old: Object?, _ writes: [ObjectWrite], _ batch: inout WriteBatch
    ) throws(Status) {
        guard let name = claim["spec", "volumeName"]?.string, !name.isEmpty else { return }
        let changed = old?["spec", "volumeName"]?.string != name
        let key = ObjectKey(.persistentVolumes, name: name)
        guard let volume = try counterpart(key, writes, guarding: changed, &batch) else { return }
        guard BindingIndex.isComplete(volume: volume, claim: claim) else { return }
        try index(volume: volume, claim: claim, about: .persistentVolumeClaims, claim.name, &batch)
    }

    /// The other side as this transaction leaves it. A write that may have completed a binding is guarded by what it
    /// saw of the other side; otherwise two halves written at the same time would each miss the other.
    private func counterpart(
        _ key: ObjectKey, _ writes: [ObjectWrite], guarding: Bool, _ batch: inout WriteBatch
    ) throws(Status) -> Object? {
        let kind = try kind(of: key.resource)
        let storageKey = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        if let write = writes.first(where: { $0.key == storageKey }) { return write.new }
        let found = try load(storageKey, kind)
        if guarding { batch.guardUnchanged(storageKey, at: found?.revision ?? 0) }
        return found?.object
    }

    private func index(
        volume: Object, claim: Object, about resource: ResourceName, _ name: String, _ batch: inout WriteBatch
    ) throws(Status) {
        let value = BindingIndex.value(volume: volume, claim: claim)
        let keys = [
            StorageKeys.bindingOfVolume(uid: volume.uid), StorageKeys.bindingOfClaim(uid: claim.uid),
        ]
        for key in keys {
            guard let row = try row(key) else {
                batch.create(key, value)
                continue
            }
            let present = BindingIndex.uids(row.value)
            guard present?.volume == volume.uid, present?.claim == claim.uid else {
                throw .conflict(
                    resource, name,
                    because: "a binding of volume \"\(volume.name)\" to claim \"\(claim.namespace)/\(claim.name)\""
                        + " is impossible: one of them is bound to another already")
            }
        }
    }

    private func unbind(_ key: [UInt8], _ batch: inout WriteBatch) throws(Status) {
        guard let row = try row(key) else { return batch.guardUnchanged(key, at: 0) }
        batch.remove(key, at: row.modRevision)
        guard let uids = BindingIndex.uids(row.value) else { return }
        let keys = [StorageKeys.bindingOfVolume(uid: uids.volume), StorageKeys.bindingOfClaim(uid: uids.claim)]
        for other in keys where other != key {
            if let row = try self.row(other) { batch.remove(other, at: row.modRevision) }
        }
    }
}
