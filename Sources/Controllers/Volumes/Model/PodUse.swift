package import Objects

/// What the volume side wants to know of a pod: which claims it uses, and whether it has a node.
package struct PodUse: Sendable, Hashable {
    package let pod: PodKey
    package let uid: String
    package let nodeName: String
    /// Its containers have ended for good.
    package let isTerminated: Bool
    package let claims: [ClaimKey]

    package init(_ object: Object) {
        pod = PodKey(namespace: object.namespace, name: object.name)
        uid = object.uid
        nodeName = object["spec", "nodeName"]?.string ?? ""
        let phase = object["status", "phase"]?.string
        isTerminated = phase == "Succeeded" || phase == "Failed"
        claims = Self.claimNames(object).map { ClaimKey(namespace: object.namespace, name: $0) }
    }

    /// Names of the claims in `spec.volumes`; a generic ephemeral volume's claim is called `<pod>-<volume>`.
    package static func claimNames(_ pod: Object) -> [String] {
        (pod["spec", "volumes"]?.array ?? []).compactMap { volume in
            if let name = volume.at("persistentVolumeClaim", "claimName")?.string { return name }
            guard let ephemeral = volume["ephemeral"], !ephemeral.isNull else { return nil }
            return "\(pod.name)-\(volume["name"]?.string ?? "")"
        }
    }
}
