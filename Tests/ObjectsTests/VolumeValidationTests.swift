import Testing

@testable import Objects

/// What kube-apiserver 1.36 says of volumes and claims beyond what is recorded: reasons and fields, sorted.
@Suite struct VolumeValidationTests {
    private func problems(creating json: JSON, _ resource: ResourceName) throws -> [String] {
        let kind = try #require(SchemaCatalog.builtin.kind(for: resource))
        var object = try SchemaCatalog.builtin.decode(json, as: kind).object
        if kind.namespaced { object.namespace = "d" }
        return Self.shown(SchemaCatalog.builtin.validateCreate(object, kind))
    }

    private func problems(changing old: JSON, _ change: String, _ resource: ResourceName) throws -> [String] {
        let kind = try #require(SchemaCatalog.builtin.kind(for: resource))
        let before = try SchemaCatalog.builtin.decode(old, as: kind).object
        let patched = MergePatch.apply(try JSONParser.parse(change), to: before.json)
        let after = try SchemaCatalog.builtin.decode(patched, as: kind).object
        return Self.shown(SchemaCatalog.builtin.validateUpdate(after, old: before, kind))
    }

    private static func shown(_ errors: [FieldError]) -> [String] {
        errors.map { "\($0.reason.rawValue.dropFirst(10)) \($0.field)" }.sorted()
    }

    private static func volume(_ spec: String) throws -> JSON {
        let base = try JSONParser.parse(#"{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"]}"#)
        return ["metadata": ["name": "v"], "spec": MergePatch.apply(try JSONParser.parse(spec), to: base)]
    }

    private static func claim(_ spec: String, _ more: JSON = [:]) throws -> JSON {
        let base = try JSONParser.parse(
            #"{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}"#)
        let claim: JSON = [
            "metadata": ["name": "c", "namespace": "d"], "spec": MergePatch.apply(try JSONParser.parse(spec), to: base),
        ]
        return MergePatch.apply(more, to: claim)
    }

    // MARK: Volumes

    @Test(arguments: [
        (#"{"hostPath":{"path":"/srv"}}"#, []), (#"{"hostPath":{"path":"/a..b"}}"#, []),
        (#"{"hostPath":{"path":"/srv","type":"Place"}}"#, ["NotSupported spec.hostPath.type"]),
        (
            #"{"hostPath":{"path":"/./"},"persistentVolumeReclaimPolicy":"Recycle"}"#,
            ["Forbidden spec.persistentVolumeReclaimPolicy"]
        ),
        (#"{"hostPath":{"path":"/a"},"persistentVolumeReclaimPolicy":"Recycle"}"#, []),
        (#"{"hostPath":{"path":"/a"},"storageClassName":"No_Name"}"#, ["Invalid spec.storageClassName"]),
        (#"{"hostPath":{"path":"/a"},"capacity":{"cpu":"1"}}"#, ["NotSupported spec.capacity"]),
        (#"{"hostPath":{"path":"/a"},"accessModes":["ReadWriteOncePod"]}"#, []),
        (
            #"{"hostPath":{"path":"/a"},"accessModes":["ReadWriteOncePod","ReadWriteOften"]}"#,
            ["NotSupported spec.accessModes"]
        ),
        (#"{"hostPath":{"path":"/a"},"volumeAttributesClassName":"gold"}"#, ["Required spec.csi"]),
        (
            #"{"csi":{"driver":"d.io","volumeHandle":"h"},"volumeAttributesClassName":""}"#,
            ["Required spec.volumeAttributesClassName"]
        ),
        (#"{"local":{"path":"/mnt"},"nodeAffinity":{}}"#, ["Required spec.nodeAffinity.required"]),
        (
            #"{"local":{"path":"/mnt"},"nodeAffinity":{"required":{"nodeSelectorTerms":[]}}}"#,
            ["Required spec.nodeAffinity.required.nodeSelectorTerms"]
        ),
        (#"{"cephfs":{"monitors":["a"]},"nfs":{"server":"s","path":"/p"}}"#, ["Forbidden spec.cephFS"]),
        (#"{"hostPath":{"path":"/a"},"flexVolume":{"driver":"d"}}"#, []),
    ])
    func volumes(_ spec: String, _ expected: [String]) throws {
        #expect(try problems(creating: Self.volume(spec), .persistentVolumes) == expected)
    }

    @Test(arguments: [
        (#"{"nfs":{"server":"s"}}"#, ["Invalid spec.nfs.path", "Required spec.nfs.path"]),
        (#"{"nfs":{"server":"s","path":"p"}}"#, ["Invalid spec.nfs.path"]),
        (#"{"iscsi":{"targetPortal":"1.2.3.4","iqn":"iqn.2001-04.com.example:a","lun":0}}"#, []),
        (#"{"iscsi":{"targetPortal":"1.2.3.4","iqn":"iqn.2001-04.com.example","lun":0}}"#, ["Invalid spec.iscsi.iqn"]),
        (#"{"iscsi":{"targetPortal":"1.2.3.4","iqn":"eui.0123456789abcdef","lun":256}}"#, ["Invalid spec.iscsi.lun"]),
        (#"{"iscsi":{"targetPortal":"1.2.3.4","iqn":"naa.6","lun":0}}"#, ["Invalid spec.iscsi.iqn"]),
        (
            #"{"iscsi":{"targetPortal":"1.2.3.4","iqn":"iqn.2001-04.com.example:a","lun":0,"chapAuthSession":true}}"#,
            ["Required spec.iscsi.secretRef"]
        ),
        (
            #"{"iscsi":{"targetPortal":"p","iqn":"iqn.2001-04.a:b","lun":0,"initiatorName":"x","secretRef":{}}}"#,
            ["Invalid spec.iscsi.initiatorname", "Required spec.iscsi.secretRef.name"]
        ),
        (
            #"{"gcePersistentDisk":{"partition":300}}"#,
            ["Invalid spec.persistentDisk.partition", "Required spec.persistentDisk.pdName"]
        ),
        (#"{"awsElasticBlockStore":{"volumeID":"v","partition":-1}}"#, ["Invalid spec.awsElasticBlockStore.partition"]),
        (
            #"{"csi":{"volumeHandle":"h","nodePublishSecretRef":{"name":"A_","namespace":"n"}}}"#,
            ["Invalid spec.csi.nodePublishSecretRef.name", "Required spec.csi.driver"]
        ),
        (#"{"csi":{"driver":"Some.Driver.io","volumeHandle":""}}"#, ["Required spec.csi.volumeHandle"]),
        (#"{"flocker":{}}"#, ["Required spec.flocker"]),
        (#"{"flocker":{"datasetName":"a","datasetUUID":"b"}}"#, ["Invalid spec.flocker"]),
        (
            #"{"flexVolume":{"driver":"d","options":{"kubernetes.io/a":"b","c":"d"}}}"#,
            ["Invalid spec.flexVolume.options[kubernetes.io/a]"]
        ),
        (
            #"{"glusterfs":{"endpoints":"e","path":"p","endpointsNamespace":""}}"#,
            ["Invalid spec.glusterfs.endpointsNamespace"]
        ),
        (#"{"cinder":{"volumeID":"v","secretRef":{"name":"s"}}}"#, ["Required spec.cinder.secretRef.namespace"]),
        (
            #"{"azureFile":{"secretName":"s","shareName":"n","secretNamespace":""}}"#,
            ["Required spec.azureFile.secretNamespace"]
        ),
        (#"{"azureDisk":{"diskName":"d","diskURI":"u"}}"#, ["NotSupported spec.azureDisk.diskURI"]),
        (#"{"quobyte":{"registry":"host","volume":"v"}}"#, ["Invalid spec.quobyte.registry"]),
        (#"{"quobyte":{"registry":"host:1,other:2","volume":"v"}}"#, []),
        (#"{"storageos":{}}"#, ["Required spec.storageos.volumeName"]),
        (#"{"fc":{"targetWWNs":["a"]}}"#, ["Required spec.fc.lun"]), (#"{"fc":{}}"#, ["Required spec.fc.targetWWNs"]),
        (#"{"rbd":{"monitors":["m"]}}"#, ["Required spec.rbd.image"]),
    ])
    func sources(_ spec: String, _ expected: [String]) throws {
        #expect(try problems(creating: Self.volume(spec), .persistentVolumes) == expected)
    }

    @Test(arguments: [
        (#"{"nfs":{"server":"s","path":"/p"}}"#, []), (#"{"rbd":{"monitors":["m"],"image":"i"}}"#, []),
        (
            #"{"hostPath":{"path":"/a"}}"#,
            ["Forbidden metadata.annotations.volume.beta.kubernetes.io/mount-options"]
        ),
        (
            #"{"csi":{"driver":"d","volumeHandle":"h"}}"#,
            ["Forbidden metadata.annotations.volume.beta.kubernetes.io/mount-options"]
        ),
    ])
    func mountOptionsInTheAnnotation(_ spec: String, _ expected: [String]) throws {
        let annotated: JSON = ["metadata": ["annotations": ["volume.beta.kubernetes.io/mount-options": "ro"]]]
        let volume = MergePatch.apply(annotated, to: try Self.volume(spec))
        #expect(try problems(creating: volume, .persistentVolumes) == expected)
    }

    @Test(arguments: [
        (#"{"spec":{"capacity":{"storage":"5Gi"},"persistentVolumeReclaimPolicy":"Delete"}}"#, []),
        (#"{"spec":{"accessModes":["ReadOnlyMany"],"storageClassName":"x","mountOptions":["ro"]}}"#, []),
        (#"{"spec":{"volumeMode":"Block"}}"#, ["Invalid volumeMode"]),
        (#"{"spec":{"nodeAffinity":null}}"#, ["Invalid nodeAffinity"]),
        (#"{"spec":{"csi":{"volumeHandle":"other"}}}"#, ["Forbidden spec.persistentvolumesource"]),
        (#"{"spec":{"csi":{"controllerExpandSecretRef":{"name":"s","namespace":"n"}}}}"#, []),
        (#"{"spec":{"volumeAttributesClassName":"silver"}}"#, []),
        (#"{"spec":{"volumeAttributesClassName":null}}"#, ["Forbidden spec.volumeAttributesClassName"]),
        (#"{"spec":{"claimRef":{"namespace":"d","name":"c"}}}"#, []),
    ])
    func volumeUpdates(_ change: String, _ expected: [String]) throws {
        let volume = try Self.volume(
            #"""
            {"csi":{"driver":"d.io","volumeHandle":"h"},"volumeAttributesClassName":"gold","nodeAffinity":{"required":
            {"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Exists"}]}]}}}
            """#)
        #expect(try problems(changing: volume, change, .persistentVolumes) == expected)
    }

    // MARK: Claims

    @Test(arguments: [
        (#"{}"#, []), (#"{"resources":{"requests":null}}"#, ["Required spec.resources[storage]"]),
        (#"{"resources":{"requests":{"storage":"0"}}}"#, ["Invalid spec.resources[storage]"]),
        (#"{"accessModes":[]}"#, ["Required spec.accessModes"]),
        (#"{"accessModes":["ReadWriteOncePod","ReadOnlyMany"]}"#, ["Forbidden spec.accessModes"]),
        (#"{"volumeMode":"Tape"}"#, ["NotSupported spec.volumeMode"]),
        (#"{"storageClassName":"No_Name"}"#, ["Invalid spec.storageClassName"]), (#"{"storageClassName":""}"#, []),
        (#"{"volumeAttributesClassName":""}"#, []),
        (
            #"{"selector":{"matchExpressions":[{"key":"a","operator":"In"}]}}"#,
            ["Required spec.selector.matchExpressions[0].values"]
        ),
        (#"{"selector":{"matchLabels":{"a":"b c"}}}"#, ["Invalid spec.selector.matchLabels"]),
        (#"{"dataSource":{"kind":"PersistentVolumeClaim"}}"#, ["Required spec.dataSource.name"]),
        (#"{"dataSourceRef":{"kind":"Pod","name":"p"}}"#, ["Invalid spec.dataSourceRef"]),
        (
            #"{"dataSourceRef":{"apiGroup":"a_b","kind":"Seed","name":"p"}}"#, ["Invalid spec.dataSourceRef.apiGroup"]
        ),
        (
            #"""
            {"dataSource":{"kind":"PersistentVolumeClaim","name":"a"},
            "dataSourceRef":{"kind":"PersistentVolumeClaim","name":"b"}}
            """#, ["Invalid spec"]
        ),
    ])
    func claims(_ spec: String, _ expected: [String]) throws {
        #expect(try problems(creating: Self.claim(spec), .persistentVolumeClaims) == expected)
    }

    @Test(arguments: [
        (#"{"spec":{"storageClassName":"x"}}"#, []), (#"{"spec":{"volumeAttributesClassName":"silver"}}"#, []),
        (#"{"spec":{"volumeName":"w"}}"#, ["Forbidden spec"]), (#"{"spec":{"volumeName":""}}"#, ["Forbidden spec"]),
        (#"{"spec":{"selector":{"matchLabels":{"a":"b"}}}}"#, ["Forbidden spec"]),
        (#"{"spec":{"resources":{"limits":{"storage":"5Gi"}}}}"#, ["Forbidden spec"]),
        (#"{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}"#, []),
        (#"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#, []),
        (#"{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}"#, ["Forbidden spec.resources.requests.storage"]),
        (#"{"spec":{"dataSource":{"kind":"PersistentVolumeClaim","name":"a"}}}"#, ["Forbidden spec"]),
        (
            #"{"metadata":{"annotations":{"volume.beta.kubernetes.io/storage-class":"x"}}}"#,
            ["Invalid metadata.annotations.volume.beta.kubernetes.io/storage-class"]
        ),
    ])
    func updatesOfABoundClaim(_ change: String, _ expected: [String]) throws {
        // It asked for more than it had got, so that it may ask for a little less again.
        let claim = try Self.claim(
            #"{"volumeName":"v","volumeAttributesClassName":"gold","resources":{"requests":{"storage":"2560Mi"}}}"#,
            ["status": ["phase": "Bound", "capacity": ["storage": "1Gi"]]])
        #expect(try problems(changing: claim, change, .persistentVolumeClaims) == expected)
    }

    @Test(arguments: [
        (#"{"spec":{"storageClassName":"x"}}"#, []),
        (#"{"spec":{"storageClassName":"x"},"metadata":{"annotations":null}}"#, []),
        (#"{"spec":{"storageClassName":"y"}}"#, ["Forbidden spec"]),
        (
            #"{"metadata":{"annotations":null}}"#,
            ["Invalid metadata.annotations.volume.beta.kubernetes.io/storage-class"]
        ),
    ])
    func aClassMovesFromItsAnnotation(_ change: String, _ expected: [String]) throws {
        let claim = try Self.claim(
            "{}", ["metadata": ["annotations": ["volume.beta.kubernetes.io/storage-class": "x"]]])
        #expect(try problems(changing: claim, change, .persistentVolumeClaims) == expected)
    }

    @Test(arguments: [
        (#"{"status":{"allocatedResources":{"storage":"2Gi"}}}"#, []),
        (#"{"status":{"allocatedResourceStatuses":{"storage":"NodeResizePending"}}}"#, []),
        (
            #"{"status":{"allocatedResourceStatuses":{"storage":"Slow"}}}"#,
            ["NotSupported status.allocatedResourceStatuses"]
        ),
        (#"{"status":{"allocatedResources":{"cpu":"1"}}}"#, ["NotSupported status.allocatedResources"]),
        (#"{"status":{"capacity":{"storage":"-1"}}}"#, ["Invalid status.capacity[storage]"]),
    ])
    func statusOfAClaim(_ change: String, _ expected: [String]) throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .persistentVolumeClaims))
        let before = try SchemaCatalog.builtin.decode(try Self.claim("{}"), as: kind).object
        let patched = MergePatch.apply(try JSONParser.parse(change), to: before.json)
        let after = try SchemaCatalog.builtin.decode(patched, as: kind).object
        let found = SchemaCatalog.builtin.validateUpdate(after, old: before, kind, isStatus: true)
        #expect(Self.shown(found) == expected)
    }
}
