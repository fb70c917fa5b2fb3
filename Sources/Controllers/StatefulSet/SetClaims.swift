package import Objects

/// The claims of a set's pods and who owns them. The rules for owners are those of upstream's
/// `isClaimOwnerUpToDate` (kubernetes/pkg/controller/statefulset/stateful_set_utils.go):
///
/// | whenDeleted | whenScaled | ordinal wanted | ordinal condemned |
/// | --- | --- | --- | --- |
/// | Retain | Retain | nobody | nobody |
/// | Delete | Retain | the set | the set |
/// | Retain | Delete | nobody | the pod |
/// | Delete | Delete | the set | the pod |
package enum SetClaims {
    /// The claim that `template` makes for an ordinal, owned from the start by whom the policy names, so that a crash
    /// right after its creation leaves nothing to repair.
    package static func claim(_ set: SetSpec, _ template: Object, _ ordinal: Int) -> Object {
        var metadata: [JSONObject.Member] = [
            ("name", .string(set.claimName(template, ordinal))), ("namespace", .string(set.namespace)),
        ]
        var labels = template["metadata", "labels"]?.object ?? JSONObject()
        for (key, value) in set.matchLabels { labels[key] = value }
        if !labels.isEmpty { metadata.append(("labels", .object(labels))) }
        for field in ["annotations", "finalizers"] {
            if let value = template["metadata", field], !value.isNull { metadata.append((field, value)) }
        }
        var claim = Object([
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": .object(JSONObject(metadata)),
            "spec": template["spec"] ?? [:],
        ])
        if set.retention.deletesWithSet { claim.setOwnerReferences([set.reference]) }
        return claim
    }

    /// What the policy wants for the claim of `pod`.
    package struct Owners: Equatable, Sendable {
        package var set: Bool
        package var pod: Bool

        package init(_ retention: ClaimRetention, condemned: Bool) {
            pod = retention.deletesWhenScaled && condemned
            set = retention.deletesWithSet && !pod
        }
    }

    /// The references that the claim should have, or nil if it has them or is not ours to touch.
    package static func correctedOwners(_ claim: Object, _ set: SetSpec, pod: Object, condemned: Bool)
        -> [OwnerReference]?
    {
        let references = claim.ownerReferences
        // Nearly every claim of nearly every set, looked at each time that one of its pods changes.
        if references.isEmpty, set.retention == ClaimRetention() { return nil }
        let setReference = set.reference
        let podReference = OwnerReference(controller: pod, apiVersion: "v1", kind: "Pod")
        // Owned by an earlier life of the set or of the pod: the garbage collector's business, whatever we think.
        if isStale(references, setReference) || isStale(references, podReference) { return nil }

        let ownedBySet = references.contains { $0.uid == set.uid }
        let ownedByPod = references.contains { $0.uid == pod.uid && !pod.uid.isEmpty }
        let others = references.filter { !$0.names(setReference) && !$0.names(podReference) }
        if hasForeignController(claim, set, pod: pod) {
            // A claim has one manager. Where somebody else is, we withdraw and add nothing.
            return ownedBySet || ownedByPod ? others : nil
        }
        let wanted = Owners(set.retention, condemned: condemned)
        let isOwnerWithoutControl = references.contains {
            !$0.isController && ($0.uid == set.uid || ($0.uid == pod.uid && !pod.uid.isEmpty))
        }
        if ownedBySet == wanted.set, ownedByPod == wanted.pod, !isOwnerWithoutControl { return nil }
        return others + (wanted.set ? [setReference] : []) + (wanted.pod && !pod.uid.isEmpty ? [podReference] : [])
    }

    /// Somebody else controls the claim. Only a policy that deletes cares.
    package static func hasForeignController(_ claim: Object, _ set: SetSpec, pod: Object) -> Bool {
        guard set.retention != ClaimRetention() else { return false }
        let podReference = OwnerReference(controller: pod, apiVersion: "v1", kind: "Pod")
        return claim.ownerReferences.contains {
            if $0.names(set.reference) { return $0.uid != set.uid }
            if $0.names(podReference) { return $0.uid != pod.uid }
            return $0.isController
        }
    }

    /// The claim is about to be deleted because the pod that it outlived was removed by scaling down. A new pod of
    /// that ordinal has to wait for its own claim, or it would lose its data under its feet.
    package static func blocksCreation(_ claim: Object, _ set: SetSpec, podName: String) -> Bool {
        guard set.retention.deletesWhenScaled else { return false }
        return claim.ownerReferences.contains {
            $0.apiVersion == "v1" && $0.kind == "Pod" && $0.name == podName
        }
    }

    private static func isStale(_ references: [OwnerReference], _ owner: OwnerReference) -> Bool {
        references.first { $0.names(owner) }.map { $0.uid != owner.uid } ?? false
    }
}
