package import Objects

/// What to do about one generic ephemeral volume of a pod
/// (https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes).
package enum EphemeralClaimDecision: Sendable, Hashable {
    /// It has its claim.
    case nothing
    case create(Object)
    /// A claim of that name is somebody else's; the pod waits, and an event says so in these words.
    case refuse(String)

    /// The volumes of a pod that have a claim made for them. A pod that is about to go gets none.
    package static func volumes(of pod: Object) -> [JSON] {
        guard !pod.isBeingDeleted else { return [] }
        return (pod["spec", "volumes"]?.array ?? []).filter { template(of: $0) != nil }
    }

    package static func claimName(_ pod: Object, _ volume: JSON) -> String {
        "\(pod.name)-\(volume["name"]?.string ?? "")"
    }

    /// `claim`: what is stored under the volume's claim name.
    package static func decide(_ pod: Object, _ volume: JSON, claim: Object?) -> EphemeralClaimDecision {
        guard let claim else { return .create(Self.claim(for: pod, volume)) }
        guard ClaimUse.isControlled(claim, by: pod) else {
            return .refuse(
                "PVC \(claim.namespace)/\(claim.name) was not created for pod \(pod.namespace)/\(pod.name) "
                    + "(pod is not owner)")
        }
        return .nothing
    }

    private static func template(of volume: JSON) -> JSON? {
        volume.at("ephemeral", "volumeClaimTemplate").flatMap { $0.isNull ? nil : $0 }
    }

    private static func claim(for pod: Object, _ volume: JSON) -> Object {
        let template = template(of: volume) ?? [:]
        var claim = Object(["kind": "PersistentVolumeClaim", "apiVersion": "v1"])
        claim.name = claimName(pod, volume)
        claim.namespace = pod.namespace
        claim["metadata", "ownerReferences"] = [
            [
                "apiVersion": "v1", "kind": "Pod", "name": .string(pod.name), "uid": .string(pod.uid),
                "controller": true, "blockOwnerDeletion": true,
            ]
        ]
        for field in ["annotations", "labels"] {
            if let entries = template.at("metadata", field), !entries.isNull { claim["metadata", field] = entries }
        }
        claim["spec"] = template["spec"]
        return claim
    }
}
