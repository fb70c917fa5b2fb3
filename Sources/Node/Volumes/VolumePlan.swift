import Objects

/// What a volume of a pod is on this machine.
package enum PlannedVolume: Sendable, Hashable {
    package enum PathType: String, Sendable {
        case any = ""
        case directoryOrCreate = "DirectoryOrCreate"
        case directory = "Directory"
        case fileOrCreate = "FileOrCreate"
        case file = "File"
        case socket = "Socket"
        case characterDevice = "CharDevice"
        case blockDevice = "BlockDevice"
    }
    package struct File: Sendable, Hashable {
        package var path: String
        package var bytes: [UInt8]
        package var mode: UInt32
    }

    /// A path of the host.
    case host(String, PathType, readOnly: Bool)
    /// A directory of the pod's own, gone with it.
    case empty(inMemory: Bool, size: String?)
    /// Such a directory with these files in it; secrets stay in memory.
    case files([File], inMemory: Bool)
}

/// Decides what each volume of a pod is, or says why it cannot be mounted here.
package struct VolumePlan: Sendable {
    package var pod: PodSpec
    package var inputs: PodInputs

    package init(_ pod: PodSpec, _ inputs: PodInputs) {
        self.pod = pod
        self.inputs = inputs
    }

    package func volumes() throws(NodeError) -> [String: PlannedVolume] {
        var planned: [String: PlannedVolume] = [:]
        for volume in pod.volumes {
            guard let name = volume["name"]?.string else { continue }
            do {
                planned[name] = try plan(volume, name: name)
            } catch {
                throw NodeError(error.code, "MountVolume.SetUp failed for volume \"\(name)\" : \(error.message)")
            }
        }
        return planned
    }

    private func plan(_ volume: JSON, name: String) throws(NodeError) -> PlannedVolume {
        if let claim = volume["persistentVolumeClaim"], let claimName = claim["claimName"]?.string {
            return try plan(claim: claimName, readOnly: claim["readOnly"]?.bool ?? false)
        }
        if volume["ephemeral"]?.object != nil { return try plan(claim: "\(pod.name)-\(name)", readOnly: false) }
        if let empty = volume["emptyDir"] {
            return .empty(inMemory: empty["medium"]?.string == "Memory", size: empty["sizeLimit"]?.string)
        }
        if let files = try FileVolumes(pod: pod, inputs: inputs).plan(volume) { return files }
        return try plan(source: volume, readOnly: false)
    }

    private func plan(claim name: String, readOnly: Bool) throws(NodeError) -> PlannedVolume {
        guard let claim = inputs.object(.persistentVolumeClaims, pod.namespace, name) else {
            throw NodeError(.volume, "persistentvolumeclaim \"\(name)\" not found")
        }
        guard claim["status", "phase"]?.string == "Bound", let volumeName = claim["spec", "volumeName"]?.string else {
            throw NodeError(.volume, "persistentvolumeclaim \"\(name)\" is not bound to a volume yet")
        }
        guard let volume = inputs.object(.persistentVolumes, "", volumeName) else {
            throw NodeError(.volume, "persistentvolume \"\(volumeName)\" of claim \"\(name)\" not found")
        }
        guard volume["spec", "claimRef", "uid"]?.string == claim.uid else {
            throw NodeError(.volume, "persistentvolume \"\(volumeName)\" belongs to another claim than \"\(name)\"")
        }
        guard volume["spec", "volumeMode"]?.string != "Block" else {
            throw NodeError(
                .volume, "volume mode Block needs an engine that hands devices to containers; this one has none")
        }
        return try plan(source: volume["spec"] ?? .null, readOnly: readOnly)
    }

    /// hostPath and local are what one machine can mount by itself; the others say what they would need.
    private func plan(source: JSON, readOnly: Bool) throws(NodeError) -> PlannedVolume {
        if let path = source.at("hostPath", "path")?.string {
            let type = source.at("hostPath", "type")?.string ?? ""
            guard let known = PlannedVolume.PathType(rawValue: type) else {
                throw NodeError(.volume, "unknown hostPath type \(type)")
            }
            return .host(try checked(path), known, readOnly: readOnly)
        }
        if let path = source.at("local", "path")?.string {
            return .host(try checked(path), .directory, readOnly: readOnly)
        }
        throw NodeError(.volume, Self.whatItNeeds(source))
    }

    private func checked(_ path: String) throws(NodeError) -> String {
        guard path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            throw NodeError(.volume, "the path \(path) must be absolute and must not contain '..'")
        }
        return path
    }

    private static let needs: [(field: String, need: String)] = [
        ("rbd", "a RADOS block device needs a Ceph cluster and the kernel's rbd client on this node"),
        ("cephfs", "CephFS needs a Ceph cluster and its kernel client on this node"),
        ("nfs", "an NFS export needs the NFS client and a server; mount it on this machine and use hostPath or local"),
        ("csi", "a CSI volume needs the driver's node plugin, which this node agent does not speak yet"),
        ("iscsi", "an iSCSI volume needs an initiator and a target; attach it on this machine and use local"),
        ("fc", "a Fibre Channel volume needs an adapter; attach it on this machine and use local"),
        ("glusterfs", "GlusterFS was removed from Kubernetes in 1.26; mount it on this machine and use hostPath"),
    ]

    private static func whatItNeeds(_ source: JSON) -> String {
        for (field, need) in needs where source[field]?.object != nil { return "\(field): \(need)" }
        let metadata: Set = [
            "name", "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName",
            "volumeMode", "nodeAffinity", "mountOptions", "volumeAttributesClassName",
        ]
        let kind = source.object?.keys.first { !metadata.contains($0) } ?? "a volume without a source"
        return "\(kind): this node mounts hostPath, local, emptyDir, configMap, secret, projected and downwardAPI only"
    }
}
