import Client
import Objects

/// What `berth volume` asks of the node: which directories there are, what is in the trash, and to take a volume out of
/// it again. Served at `/berth/v1/volumes` of the node's socket, which berthd passes on.
struct VolumeKeeper: Sendable {
    private let context: NodeContext
    private let policy: ProvisionPolicy
    private let root: VolumeRoot

    init(_ context: NodeContext) {
        self.context = context
        policy = ProvisionPolicy(nodeName: context.settings.nodeName, volumeRoot: context.settings.volumeRoot)
        root = VolumeRoot(context.settings.volumeRoot)
    }

    /// nil: not one of its paths.
    func answer(_ method: String, _ uri: String) async throws -> JSON? {
        let halves = uri.split(separator: "?", maxSplits: 1).map(String.init)
        switch (method, halves.first) {
        case ("GET", "/berth/v1/volumes"): return try await report()
        case ("POST", "/berth/v1/volumes/undelete"):
            guard halves.count == 2, halves[1].hasPrefix("volume=") else {
                throw Status.badRequest("say which volume: /berth/v1/volumes/undelete?volume=NAME")
            }
            let name = String(halves[1].dropFirst(7))
            return try await context.volumeMoves.withLock { try await undelete(name) }
        default: return nil
        }
    }

    // MARK: What there is

    private func report() async throws -> JSON {
        let root = root
        let (found, entries) = try await context.pool.run { (try root.contents(), try root.trash.entries()) }
        let volumes = try await context.client.list(.persistentVolumes).items.filter { policy.isOurs($0) }
        let report = VolumeReport(
            volumeRoot: root.path, directories: found.directories, strangers: found.strangers, trash: entries,
            volumes: volumes.map { (name: $0.name, directory: policy.directory(of: $0)) },
            grace: context.settings.trashSeconds)
        return report.json
    }

    // MARK: Out of the trash

    private func undelete(_ name: String) async throws -> JSON {
        let trash = root.trash
        let entries = try await context.pool.run { try trash.entries() }
        guard let entry = entries.first(where: { $0.volume.name == name }) else {
            throw Status(
                code: 404, reason: "NotFound",
                message: "there is no deleted volume \(name): `berth volume list --deleted` shows which there are")
        }
        let key = ObjectKey(.persistentVolumes, namespace: "", name: name)
        if try await exists(key) {
            throw Status(code: 409, reason: "AlreadyExists", message: "a volume \(name) exists; it was not deleted")
        }
        guard let directory = policy.directory(of: entry.volume) else {
            throw Status.badRequest("\(name) is not where berth/local makes volumes; move its directory by hand")
        }
        try await context.pool.run { try trash.restore(entry, to: directory) }
        let volume = try await context.client.create(Self.free(entry.volume), in: .persistentVolumes)
        try await context.pool.run { try trash.forget(entry.claimUID) }
        return volume.json
    }

    private func exists(_ key: ObjectKey) async throws -> Bool {
        do {
            _ = try await context.client.get(key)
            return true
        } catch let status as Status where status.code == 404 {
            return false
        }
    }

    private static let notesOfTheTrash: Set = [ProvisionerNames.deletedAt, ProvisionerNames.deletedInBoot]

    /// The volume as it was, nobody's, and kept from now on: whoever rescued data does not want it thrown away with the
    /// next claim.
    static func free(_ deleted: Object) -> Object {
        var volume = Object(["kind": "PersistentVolume", "apiVersion": "v1", "metadata": [:]])
        volume.name = deleted.name
        for (key, value) in deleted.annotations
        where !notesOfTheTrash.contains(key) && key != "pv.kubernetes.io/bound-by-controller" {
            volume.setAnnotation(key, value)
        }
        for (key, value) in deleted.labels { volume.setLabel(key, value) }
        volume["spec"] = deleted["spec"]
        volume["spec", "claimRef"] = nil
        volume["spec", "persistentVolumeReclaimPolicy"] = "Retain"
        return volume
    }
}
