import Client
import Objects

extension LocalProvisioner {
    /// Each step may be the last before a crash; the next look at the claim does them again, which changes nothing where
    /// they were done.
    ///
    /// The claim is read anew: news of its own marks comes here too, late, and would mark it once more when it has grown.
    func carryOutGrowth(of known: Object) async throws {
        let key = ObjectKey(.persistentVolumeClaims, namespace: known.namespace, name: known.name)
        let claim: Object
        do { claim = try await context.client.get(key) } catch let status as Status where status.code == 404 { return }
        guard claim.uid == known.uid, policy.wantsToGrow(claim) else { return }
        let volumeKey = ObjectKey(
            .persistentVolumes, namespace: "", name: claim["spec", "volumeName"]?.string ?? "")
        let volume: Object
        do { volume = try await context.client.get(volumeKey) } catch let status as Status where status.code == 404 {
            return
        }
        switch policy.decide(growthOf: claim, volume) {
        case .nothing: return
        case .refuse(let why): throw NodeError(.volume, why)
        case .grow(let directory, let size, let bytes):
            context.events.normal(claim, "Resizing", "External resizer is resizing volume \(volume.name)")
            let now = WallTime.now().description
            try await change(key, claim) { ProvisionPolicy.resizing($0, to: size, now: now) }
            let root = root
            let limit = try await context.pool.run { try root.resize(directory, bytes: bytes) }
            try await context.client.modify(volumeKey) { current in
                guard current.uid == volume.uid else { return nil }
                var current = current
                current["spec", "capacity", "storage"] = .string(size)
                current.setAnnotation(ProvisionerNames.sizeLimit, limit.description)
                return current
            }
            try await change(key, claim) { ProvisionPolicy.resized($0, to: size) }
            context.events.normal(claim, "VolumeResizeSuccessful", "Resize volume succeeded")
        }
    }

    private func change(_ key: ObjectKey, _ claim: Object, _ change: (Object) -> Object) async throws {
        try await context.client.modify(key, subresource: "status") { current in
            current.uid == claim.uid ? change(current) : nil
        }
    }
}
