/// What is allowed and yet not what the client will want, in upstream's words (`WarningsOnCreate` and
/// `WarningsOnUpdate` of k8s.io/kubernetes, pkg/registry). Clients get them as `Warning` fields.
package enum Warnings {
    /// Each is a field of the answer's head, which has no room for more.
    static let maximumCount = 100
    /// Longer than any that is not made of somebody's megabytes.
    private static let maximumLength = 4096

    static func areEnough(_ found: [String]) -> Bool { found.count >= maximumCount }

    /// `object` as it was written. An update of a pod gets none: it is mostly programs that make them.
    package static func of(_ object: Object, _ kind: KindSchema, isNew: Bool) -> [String] {
        all(object, kind, isNew: isNew).prefix(maximumCount).map { $0.cut(to: maximumLength) }
    }

    private static func all(_ object: Object, _ kind: KindSchema, isNew: Bool) -> [String] {
        let json = object.json.object ?? JSONObject()
        switch (kind.group, kind.kind) {
        case ("", "Pod"):
            guard isNew else { return [] }
            let problems = Names.dnsLabel(object.name)
            let name =
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label "
                + "is recommended: [\(problems.joined(separator: " "))]"
            return (problems.isEmpty ? [] : [name]) + PodWarnings.of(json, "")
        case ("apps", "StatefulSet"): return statefulSet(object, isNew: isNew)
        case ("", "Service"): return service(json.object("spec"))
        case ("", "PersistentVolume"): return volume(json)
        case ("", "PersistentVolumeClaim"):
            return annotations(json, [storageClass]) + claimSpec(json.object("spec"), "spec")
        case ("storage.k8s.io", "CSIDriver"):
            let spec = json.object("spec")
            guard !spec.list("tokenRequests").isEmpty, spec["serviceAccountTokenInSecrets"] == nil else { return [] }
            return [
                "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent "
                    + "possible logging of tokens in volume attributes"
            ]
        case ("discovery.k8s.io", "EndpointSlice"):
            return isNew && json.text("addressType") == "FQDN"
                ? ["spec.addressType: FQDN endpoints are deprecated"] : []
        default: return []
        }
    }

    /// The template speaks up when it may have changed: with a generation that its controller has not seen yet.
    private static func statefulSet(_ set: Object, isNew: Bool) -> [String] {
        let spec = set["spec"]?.object ?? JSONObject()
        let isChanged = isNew || set["status", "observedGeneration"]?.integer != set.generation
        var found = isChanged ? PodWarnings.of(spec.object("template"), "spec.template.") : []
        for (index, template) in spec.objects("volumeClaimTemplates").enumerated() where !areEnough(found) {
            // Upstream's path is another one for an update.
            let field = "spec.volumeClaimTemplates[\(index)]" + (isNew ? "" : ".Spec")
            found += claimSpec(template.object("spec"), field)
        }
        if spec.number("revisionHistoryLimit") ?? 0 < 0 {
            found.append(
                "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is "
                    + "recommended")
        }
        return found
    }

    // MARK: Services

    private static func service(_ spec: JSONObject) -> [String] {
        var found: [String] = []
        let isExternal = spec.text("type") == "ExternalName"
        let isHeadless = spec.text("type") == "ClusterIP" && spec.text("clusterIP") == "None"
        let hasExternalIPs = !spec.list("externalIPs").isEmpty
        if isHeadless {
            if !spec.text("loadBalancerIP").isEmpty {
                found.append("spec.loadBalancerIP is ignored for headless services")
            }
            if hasExternalIPs { found.append("spec.externalIPs is ignored for headless services") }
            if spec.text("sessionAffinity") != "None" {
                found.append("spec.SessionAffinity is ignored for headless services")
            }
        } else if hasExternalIPs, !isExternal {
            found.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
        }
        if isExternal, hasExternalIPs {
            found.append("spec.externalIPs is ignored when spec.type is \"ExternalName\"")
        }
        if !isExternal, !spec.text("externalName").isEmpty {
            found.append("spec.externalName is ignored when spec.type is not \"ExternalName\"")
        }
        if spec.text("trafficDistribution") == "PreferClose" {
            found.append("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"")
        }
        return found
    }

    // MARK: Volumes and claims

    private static let storageClass = (
        "volume.beta.kubernetes.io/storage-class", "deprecated since v1.8; use \"storageClassName\" attribute instead"
    )
    private static let mountOptions = (
        "volume.beta.kubernetes.io/mount-options", "deprecated since v1.31; use \"mountOptions\" attribute instead"
    )

    private static func annotations(_ object: JSONObject, _ deprecated: [(String, String)]) -> [String] {
        let present = object.object("metadata").object("annotations")
        return deprecated.filter { present[$0.0] != nil }.map { "metadata.annotations[\($0.0)]: \($0.1)" }
    }

    private static func volume(_ volume: JSONObject) -> [String] {
        let spec = volume.object("spec")
        var found = annotations(volume, [storageClass, mountOptions])
        if spec.text("persistentVolumeReclaimPolicy") == "Recycle" {
            found.append(
                "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended "
                    + "approach is to use dynamic provisioning.")
        }
        let deprecated = ["cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd"]
        return found + PodWarnings.plugins(spec, "spec", deprecated)
    }

    static func claimSpec(_ spec: JSONObject, _ field: String) -> [String] {
        ["requests", "limits"].flatMap { list in
            fraction(spec.object("resources").object(list), ["storage"], "\(field).resources.\(list)")
        }
    }

    /// Bytes come whole.
    static func fraction(_ amounts: JSONObject, _ names: [String], _ field: String) -> [String] {
        names.compactMap { name in
            guard let text = amounts[name]?.string, let amount = Quantity(text), amount.milliValue % 1000 != 0 else {
                return nil
            }
            return "\(field)[\(name)]: fractional byte value \(GoQuote.quote(text)) is invalid, must be an integer"
        }
    }
}
