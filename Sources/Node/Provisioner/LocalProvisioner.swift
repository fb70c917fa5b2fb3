import Client
import Logging
import Objects
import Synchronization

/// The external provisioner `berth/local`: directories for claims, and the trash for released volumes. The claim is
/// the intent: whatever step a crash hits, the next look at the claim finishes it.
struct LocalProvisioner: Sendable {
    let context: NodeContext
    let policy: ProvisionPolicy
    let root: VolumeRoot
    private let retries = Retries()

    init(_ context: NodeContext) {
        self.context = context
        policy = ProvisionPolicy(nodeName: context.settings.nodeName, volumeRoot: context.settings.volumeRoot)
        root = VolumeRoot(context.settings.volumeRoot)
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(.persistentVolumeClaims) { await consider(claim: $0) } }
            group.addTask { try await follow(.persistentVolumes) { await consider(volume: $0) } }
            group.addTask { try await sweep() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func follow(_ resource: ResourceName, _ consider: @Sendable (Object) async -> Void) async throws {
        try await Reflector(context.client, APIResource(resource)).run { change in
            switch change {
            case .listed(let objects): for object in objects { await consider(object) }
            case .set(let object): await consider(object)
            case .removed(let object): await removed(object)
            case .interrupted: break
            }
        }
    }

    private func removed(_ object: Object) async {
        retries.succeeded(object.uid)
        guard object.kind == "PersistentVolumeClaim" else { return }
        // Its volume may have been released before the claim was really gone.
        let volume = ObjectKey(.persistentVolumes, namespace: "", name: ProvisionPolicy.directory(object.uid))
        if let volume = try? await context.client.get(volume) { await consider(volume: volume) }
    }

    // MARK: Claims

    private func consider(claim: Object) async {
        if policy.wantsToGrow(claim) { return await grow(claim) }
        guard let className = policy.className(claim) else { return }
        do {
            let key = ObjectKey(.storageClasses, namespace: "", name: className)
            let storageClass = try await context.client.get(key)
            switch policy.decide(claim, class: storageClass) {
            case .nothing: return
            case .refuse(let why): context.events.warning(claim, "ProvisioningFailed", why)
            case .provision(let volume, let directory, let mode, let bytes):
                try await provision(claim, volume, directory, mode, bytes)
            }
            retries.succeeded(claim.uid)
        } catch {
            if error is NodeError {
                context.events.warning(
                    claim, "ProvisioningFailed",
                    "failed to provision volume with StorageClass \"\(className)\": \(error)")
            }
            again(claim, error) { await consider(claim: $0) }
        }
    }

    private func grow(_ claim: Object) async {
        do {
            try await carryOutGrowth(of: claim)
            retries.succeeded(claim.uid)
        } catch {
            if error is NodeError {
                context.events.warning(claim, "VolumeResizeFailed", "resize volume failed: \(error)")
            }
            again(claim, error) { await consider(claim: $0) }
        }
    }

    private func provision(
        _ claim: Object, _ volume: Object, _ directory: String, _ mode: UInt32, _ bytes: UInt64
    ) async throws {
        context.events.normal(
            claim, "Provisioning",
            "External provisioner is provisioning volume for claim \"\(claim.namespace)/\(claim.name)\"")
        try await checkRoot()
        let root = root
        // The directory is durable before anybody can hear of the volume.
        let limit = try await context.pool.run { try root.make(directory, mode: mode, bytes: bytes) }
        var volume = volume
        volume.setAnnotation(ProvisionerNames.sizeLimit, limit.description)
        do {
            _ = try await context.client.create(volume, in: .persistentVolumes)
        } catch let status as Status where status.code == 409 {
            let key = ObjectKey(.persistentVolumes, namespace: "", name: volume.name)
            let found = try await context.client.get(key)
            guard found["spec", "claimRef", "uid"]?.string == claim.uid else {
                throw NodeError(.volume, "a volume named \(volume.name) exists and belongs to another claim")
            }
            return
        }
        context.events.normal(claim, "ProvisioningSucceeded", "Successfully provisioned volume \(volume.name)")
    }

    // MARK: Volumes

    /// Before anything is made or thrown away.
    ///
    /// - Throws: `NodeError` when the API has volumes here and the root looks as if it never had one
    private func checkRoot() async throws {
        let root = root
        if try await context.pool.run({ try root.isMarked() }) { return }
        let volumes = try await context.client.list(.persistentVolumes).items
        if let lost = volumes.first(where: { policy.isOurs($0) && policy.directory(of: $0) != nil }) {
            throw NodeError(
                .volume,
                "\(root.path) has no file \(VolumeRoot.marker) and no volumes, but \(lost.name) was made there: is its "
                    + "disk mounted? If the volumes are gone for good, make an empty \(root.path)/\(VolumeRoot.marker)")
        }
        try await context.pool.run { try root.mark() }
    }

    func consider(volume: Object) async {
        switch policy.decide(volume) {
        case .nothing: return
        case .refuse(let why): context.events.warning(volume, "VolumeFailedDelete", why)
        case .setFinalizers(let finalizers):
            await attempt(volume) { try await setFinalizers(finalizers, of: volume) }
        case .discard:
            await attempt(volume) {
                try await context.volumeMoves.withLock { try await discardIfStillReleased(volume) }
            }
        }
    }

    /// What was heard may be old: a volume of the same name may have come out of the trash since, and its directory
    /// would go back in. So the present one is decided about, and nobody brings one back meanwhile.
    private func discardIfStillReleased(_ heard: Object) async throws {
        let key = ObjectKey(.persistentVolumes, namespace: "", name: heard.name)
        let volume: Object
        do { volume = try await context.client.get(key) } catch let status as Status where status.code == 404 {
            return
        }
        guard volume.uid == heard.uid,
            case .discard(let directory, let claimUID, let namespace, let name) = policy.decide(volume)
        else { return }
        let claim = ObjectKey(.persistentVolumeClaims, namespace: namespace, name: name)
        if try await exists(claim, uid: claimUID) { return }
        try await checkRoot()
        try await discard(volume, directory)
    }

    private func attempt(_ volume: Object, _ body: () async throws -> Void) async {
        do {
            try await body()
            retries.succeeded(volume.uid)
        } catch {
            if error is NodeError { context.events.warning(volume, "VolumeFailedDelete", "\(error)") }
            again(volume, error) { await consider(volume: $0) }
        }
    }

    /// On this very version: who changed it since decides again.
    private func setFinalizers(_ finalizers: [String], of volume: Object) async throws {
        var changed = volume
        changed.finalizers = finalizers
        do {
            _ = try await context.client.update(changed, in: .persistentVolumes)
        } catch let status as Status where status.code == 404 || status.code == 409 {
            return
        }
    }

    private func exists(_ key: ObjectKey, uid: String) async throws -> Bool {
        do {
            return try await context.client.get(key).uid == uid
        } catch let status as Status where status.code == 404 {
            return false
        }
    }

    private func discard(_ volume: Object, _ directory: String) async throws {
        var kept = volume
        kept.setAnnotation(ProvisionerNames.deletedAt, WallTime.now().description)
        kept.setAnnotation(ProvisionerNames.deletedInBoot, BootTime.now()?.description)
        let (root, object) = (root, kept)
        let found = try await context.pool.run {
            try root.trash.discard(directory, claimUID: String(directory.dropFirst(4)), volume: object)
        }
        if !found {
            context.events.warning(
                volume, "VolumeDirectoryMissing", "there was no directory of this volume left to keep in the trash")
        }
        let key = ObjectKey(.persistentVolumes, namespace: "", name: volume.name)
        do {
            try await context.client.modify(key) { current in
                guard current.uid == volume.uid else { return nil }
                var current = current
                current.finalizers = current.finalizers.filter { $0 != ProvisionerNames.finalizer }
                return current
            }
            try await context.client.delete(key, options: .init(uid: volume.uid))
        } catch let status as Status where status.code == 404 || status.code == 409 {
            return
        }
    }

    /// Sleeps until the oldest of the trash is due; looks again once an hour only while there is something in it.
    private func sweep() async throws {
        let (trash, grace) = (root.trash, context.settings.trashSeconds)
        while true {
            do {
                let next = try await context.pool.run {
                    try trash.sweep(before: .now().adding(-grace), boot: BootTime.now().map { $0.adding(-grace) })
                }
                let due = next?.adding(grace).seconds(since: .now()) ?? grace
                // At most a day: no timer has to count further, whatever grace was asked for.
                try await Task.sleep(for: .seconds(max(min(due, grace, 86_400), 1)))
            } catch let error as NodeError {
                context.log.error("trash not emptied", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(3600))
            }
        }
    }

    // MARK: Again

    /// Looks at the object once more, as it is then, after a time that grows with its failures.
    private func again(_ object: Object, _ error: any Error, _ consider: @escaping @Sendable (Object) async -> Void) {
        let wait = retries.failed(object.uid)
        context.log.warning(
            "provisioner tries again", metadata: ["object": "\(object.name)", "error": "\(error)", "in": "\(wait)"])
        let resource: ResourceName = object.kind == "PersistentVolume" ? .persistentVolumes : .persistentVolumeClaims
        let key = ObjectKey(resource, namespace: object.namespace, name: object.name)
        Task { @concurrent in
            try? await Task.sleep(for: .seconds(wait))
            guard let now = try? await context.client.get(key), now.uid == object.uid else { return }
            await consider(now)
        }
    }
}

/// Failures in a row by UID.
private final class Retries: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// - Returns: seconds to wait: 1, 2, 4, ... 64
    func failed(_ uid: String) -> Double {
        counts.withLock { counts in
            counts[uid, default: 0] += 1
            return Double(1 << min((counts[uid] ?? 1) - 1, 6))
        }
    }

    func succeeded(_ uid: String) { counts.withLock { $0[uid] = nil } }
}
