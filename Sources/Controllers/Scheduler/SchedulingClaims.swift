package import Objects

/// What the claims of a pod mean for where it can run
/// (https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode).
package struct SchedulingClaims: Sendable {
    /// Why the pod can run nowhere as long as its claims are as they are; upstream's text.
    package private(set) var obstacle: String?
    /// The volumes that are bound.
    package private(set) var volumes: [Object] = []
    package private(set) var hasMissingVolume = false
    /// Claims wait for a consumer.
    package private(set) var isWaiting = false

    package struct Source {
        package var claim: (_ name: String) -> Object?
        package var volume: (_ name: String) -> Object?
        package var storageClass: (_ name: String) -> Object?

        package init(
            claim: @escaping (String) -> Object?, volume: @escaping (String) -> Object?,
            storageClass: @escaping (String) -> Object?
        ) {
            self.claim = claim
            self.volume = volume
            self.storageClass = storageClass
        }
    }

    package init(_ pod: Object, _ source: Source) {
        var hasUnboundImmediate = false
        for name in Self.claimNames(pod) {
            guard let claim = source.claim(name) else {
                obstacle = obstacle ?? "persistentvolumeclaim \"\(name)\" not found"
                continue
            }
            if claim.isBeingDeleted {
                obstacle = obstacle ?? "persistentvolumeclaim \"\(name)\" is being deleted"
            } else if claim["status", "phase"]?.string == "Lost" {
                let volume = claim["spec", "volumeName"]?.string ?? ""
                obstacle =
                    obstacle
                    ?? "persistentvolumeclaim \"\(name)\" bound to non-existent persistentvolume \"\(volume)\""
            } else if Self.isBound(claim) {
                addVolume(of: claim, source)
            } else if Self.waitsForConsumer(claim, source) {
                isWaiting = true
            } else {
                hasUnboundImmediate = true
            }
        }
        if hasUnboundImmediate { obstacle = obstacle ?? "pod has unbound immediate PersistentVolumeClaims" }
    }

    /// Names of the claims that a pod uses, with those of its generic ephemeral volumes.
    package static func claimNames(_ pod: Object) -> [String] {
        (pod["spec", "volumes"]?.array ?? []).compactMap { volume in
            if let name = volume.at("persistentVolumeClaim", "claimName")?.string { return name }
            guard volume["ephemeral"] != nil, let name = volume["name"]?.string else { return nil }
            return "\(pod.name)-\(name)"
        }
    }

    private mutating func addVolume(of claim: Object, _ source: Source) {
        if let volume = source.volume(claim["spec", "volumeName"]?.string ?? "") {
            volumes.append(volume)
        } else {
            hasMissingVolume = true
        }
    }

    private static func isBound(_ claim: Object) -> Bool {
        !(claim["spec", "volumeName"]?.string ?? "").isEmpty
            && claim.annotation(VolumeAnnotation.bindCompleted) != nil
    }

    private static func waitsForConsumer(_ claim: Object, _ source: Source) -> Bool {
        // A claim that names its volume is bound without waiting for anybody.
        guard (claim["spec", "volumeName"]?.string ?? "").isEmpty else { return false }
        let name = claim.annotation(VolumeAnnotation.betaStorageClass) ?? claim["spec", "storageClassName"]?.string
        guard let name, !name.isEmpty, let storageClass = source.storageClass(name) else { return false }
        return storageClass["volumeBindingMode"]?.string == "WaitForFirstConsumer"
    }
}
