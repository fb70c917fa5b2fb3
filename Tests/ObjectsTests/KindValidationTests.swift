import Testing

@testable import Objects

@Suite struct KindValidationTests {
    // MARK: Services

    private static let service: JSON = [
        "metadata": ["name": "s", "namespace": "d"], "spec": ["ports": [["port": 80]], "selector": ["a": "b"]],
    ]

    static let services: [RefusalCase] = [
        .init(#"{"spec":{"ports":[]}}"#, "Required spec.ports"),
        .init(
            #"{"spec":{"ports":[{"port":0,"protocol":"X","name":"a"},{"port":70000,"targetPort":"UP"}]}}"#,
            "Invalid spec.ports[0].port", "NotSupported spec.ports[0].protocol", "Invalid spec.ports[0].targetPort",
            "Invalid spec.ports[1].port", "Required spec.ports[1].name", "Invalid spec.ports[1].targetPort",
            "Invalid spec.ports[1].targetPort"),
        .init(
            #"{"spec":{"ports":[{"port":1,"name":"a","nodePort":30000},{"port":1,"name":"a","nodePort":30000}]}}"#,
            "Duplicate spec.ports[1]", "Duplicate spec.ports[1].name", "Duplicate spec.ports[1].nodePort",
            "Forbidden spec.ports[0].nodePort", "Forbidden spec.ports[1].nodePort"),
        .init(#"{"spec":{"type":"Other"}}"#, "NotSupported spec.type"),
        .init(#"{"spec":{"type":"ExternalName"}}"#, "Required spec.externalName"),
        .init(
            #"{"spec":{"type":"ExternalName","externalName":"a_b","clusterIP":"10.0.0.1","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}}"#,
            "Invalid spec.externalName", "Forbidden spec.clusterIPs", "Forbidden spec.ipFamilies",
            "Forbidden spec.ipFamilyPolicy"),
        .init(#"{"spec":{"type":"NodePort","clusterIP":"None"}}"#, "Invalid spec.clusterIPs[0]"),
        .init(
            #"{"spec":{"clusterIP":"x","ipFamilies":["IPv5","IPv5"]}}"#, "Invalid spec.clusterIPs[0]",
            "NotSupported spec.ipFamilies[0]", "NotSupported spec.ipFamilies[1]", "Duplicate spec.ipFamilies[1]"),
        .init(#"{"spec":{"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.2"]}}"#, "Invalid spec.clusterIPs"),
        .init(#"{"spec":{"clusterIP":"10.0.0.1","ipFamilies":["IPv6"]}}"#, "Invalid spec.clusterIPs[0]"),
        .init(
            #"{"spec":{"externalIPs":["127.0.0.1","x"]}}"#, "Invalid spec.externalIPs[0]", "Invalid spec.externalIPs[1]"
        ),
        .init(
            #"{"spec":{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":100000}}}}"#,
            "Invalid spec.sessionAffinityConfig.clientIP.timeoutSeconds"),
        .init(
            #"{"spec":{"sessionAffinity":"Sticky","trafficDistribution":"Far","internalTrafficPolicy":"X","ipFamilyPolicy":"Any"}}"#,
            "NotSupported spec.sessionAffinity", "NotSupported spec.trafficDistribution",
            "NotSupported spec.internalTrafficPolicy", "NotSupported spec.ipFamilyPolicy"),
        .init(
            #"{"spec":{"externalTrafficPolicy":"Local","healthCheckNodePort":30000,"loadBalancerClass":"a","allocateLoadBalancerNodePorts":true,"loadBalancerSourceRanges":["10.0.0.0/8","x"]}}"#,
            "Invalid spec.externalTrafficPolicy", "Invalid spec.healthCheckNodePort",
            "Forbidden spec.loadBalancerClass",
            "Forbidden spec.allocateLoadBalancerNodePorts", "Forbidden spec.LoadBalancerSourceRanges",
            "Invalid spec.LoadBalancerSourceRanges[1]"),
        .init(
            #"{"metadata":{"name":"1.s"},"spec":{"selector":{"a b":"c"}}}"#, "Invalid metadata.name",
            "Invalid spec.selector"),
        .init(#"{"metadata":{"name":"1s"}}"#),
    ]

    @Test(arguments: services) func servicesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.services, Self.service)
    }

    // MARK: Volumes and claims

    private static let volume: JSON = [
        "metadata": ["name": "v"],
        "spec": ["capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"], "hostPath": ["path": "/a"]],
    ]

    static let persistentVolumes: [RefusalCase] = [
        .init(#"{"spec":{"capacity":{"storage":"1Gi","cpu":"1"}}}"#, "NotSupported spec.capacity"),
        .init(#"{"spec":{"nodeAffinity":{}}}"#, "Required spec.nodeAffinity.required"),
        .init(
            #"{"spec":{"nodeAffinity":{"required":{"nodeSelectorTerms":[]}}}}"#,
            "Required spec.nodeAffinity.required.nodeSelectorTerms"),
        .init(
            #"{"spec":{"hostPath":{"path":"/.."},"persistentVolumeReclaimPolicy":"Recycle"}}"#,
            "Invalid spec.hostPath.path", "Forbidden spec.persistentVolumeReclaimPolicy"),
        .init(
            #"{"spec":{"volumeAttributesClassName":""}}"#, "Required spec.volumeAttributesClassName",
            "Required spec.csi"),
        .init(#"{"spec":{"storageClassName":"A_"}}"#, "Invalid spec.storageClassName"),
        .init(
            #"{"spec":{"hostPath":null,"csi":{"driver":"","volumeHandle":"","nodePublishSecretRef":{"name":"s"}}}}"#,
            "Required spec.csi.driver", "Required spec.csi.volumeHandle",
            "Required spec.csi.nodePublishSecretRef.namespace"),
        .init(#"{"spec":{"hostPath":null,"gcePersistentDisk":{"pdName":""}}}"#, "Required spec.persistentDisk.pdName"),
        .init(#"{"spec":{"cephfs":{"monitors":["m"]}}}"#, "Forbidden spec.cephFS"),
        .init(
            #"{"spec":{"hostPath":null,"iscsi":{"targetPortal":"p","iqn":"iqn.2015-02.example.com:test","lun":1,"chapAuthSession":true}}}"#,
            "Required spec.iscsi.secretRef"),
        .init(
            #"{"spec":{"hostPath":null,"fc":{"wwids":["a"],"targetWWNs":["b"]}}}"#, "Invalid spec.fc.targetWWNs",
            "Required spec.fc.lun"),
    ]

    @Test(arguments: persistentVolumes) func volumesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.persistentVolumes, Self.volume)
    }

    static let volumeUpdates: [RefusalCase] = [
        .init(#"{"spec":{"volumeMode":"Block"}}"#, "Invalid volumeMode"),
        .init(#"{"spec":{"accessModes":[]}}"#, "Required spec.accessModes", "Required spec.accessModes"),
        .init(#"{"spec":{"capacity":{"storage":"2Gi"},"claimRef":{"name":"c","namespace":"d"}}}"#),
    ]

    @Test(arguments: volumeUpdates) func volumeUpdatesAreChecked(_ test: RefusalCase) throws {
        try test.checkUpdate(.persistentVolumes, Self.volume)
    }

    private static let claim: JSON = [
        "metadata": ["name": "c", "namespace": "d"],
        "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
    ]

    static let claims: [RefusalCase] = [
        .init(#"{"spec":{"accessModes":["Any"]}}"#, "NotSupported spec.accessModes"),
        .init(#"{"spec":{"resources":{"requests":{"storage":"-1"}}}}"#, "Invalid spec.resources[storage]"),
        .init(#"{"spec":{"resources":{"requests":{"storage":null}}}}"#, "Required spec.resources[storage]"),
        .init(
            #"{"spec":{"volumeMode":"X","selector":{"matchExpressions":[{"key":"a b","operator":"Is"}]}}}"#,
            "NotSupported spec.volumeMode", "Invalid spec.selector.matchExpressions[0].key",
            "Invalid spec.selector.matchExpressions[0].operator"),
        .init(
            #"{"spec":{"dataSource":{"kind":"X","name":"n"},"dataSourceRef":{"kind":"Y","name":"n","apiGroup":"a"}}}"#,
            "Invalid spec.dataSource", "Invalid spec"),
    ]

    @Test(arguments: claims) func claimsAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.persistentVolumeClaims, Self.claim)
    }

    // MARK: Workloads

    private static let set: JSON = [
        "metadata": ["name": "web", "namespace": "d"],
        "spec": [
            "serviceName": "nginx", "selector": ["matchLabels": ["a": "b"]],
            "template": [
                "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
            ],
        ],
    ]

    static let sets: [RefusalCase] = [
        .init(#"{"metadata":{"name":"a.b"}}"#, "Invalid metadata.name"),
        .init(
            #"{"spec":{"template":{"spec":{"containers":[{"name":"c"}],"activeDeadlineSeconds":1,"volumes":[{"name":"x"}]}}}}"#,
            "Required spec.template.spec.containers[0].image", "Forbidden spec.template.spec.activeDeadlineSeconds"),
        .init(
            #"{"spec":{"volumeClaimTemplates":[{"metadata":{"name":"www"},"spec":{}}],"template":{"spec":{"containers":[{"name":"c","image":"i","volumeMounts":[{"name":"www","mountPath":"/w"}]}]}}}}"#,
            "Required spec.volumeClaimTemplates[0].spec.accessModes",
            "Required spec.volumeClaimTemplates[0].spec.resources[storage]"),
        .init(
            #"{"spec":{"selector":{"matchExpressions":[{"key":"a","operator":"In"}],"matchLabels":null}}}"#,
            "Required spec.selector.matchExpressions[0].values", "Invalid spec.selector"),
        .init(
            #"{"spec":{"template":{"metadata":{"labels":{"c":"d e"}}},"updateStrategy":{"rollingUpdate":{"maxUnavailable":"200%"}}}}"#,
            "Invalid spec.template.labels", "Invalid spec.template.labels",
            "Invalid spec.updateStrategy.rollingUpdate.maxUnavailable"),
    ]

    @Test(arguments: sets) func setsAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.statefulSets, Self.set)
    }

    private static let budget: JSON = [
        "metadata": ["name": "b", "namespace": "d"], "spec": ["minAvailable": 1],
    ]

    static let budgets: [RefusalCase] = [
        .init(#"{"metadata":{"name":"Any_Name"}}"#),
        .init(#"{"spec":{"maxUnavailable":1}}"#, "Invalid spec"),
        .init(#"{"spec":{"minAvailable":"x"}}"#, "Invalid spec.minAvailable"),
        .init(
            #"{"spec":{"minAvailable":"101%","unhealthyPodEvictionPolicy":"X","selector":{"matchLabels":{"a b":"c"}}}}"#,
            "Invalid spec.minAvailable", "NotSupported spec.unhealthyPodEvictionPolicy",
            "Invalid spec.selector.matchLabels"),
    ]

    @Test(arguments: budgets) func budgetsAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.podDisruptionBudgets, Self.budget)
    }

    // MARK: Metadata

    static let metadata: [RefusalCase] = [
        .init(#"{"metadata":{"finalizers":["x"]}}"#, "Invalid metadata.finalizers[0]"),
        .init(#"{"metadata":{"finalizers":["a b"]}}"#, "Invalid metadata.finalizers", "Invalid metadata.finalizers[0]"),
        .init(
            #"{"metadata":{"ownerReferences":[{"kind":"X","name":"n"}]}}"#,
            "Invalid metadata.ownerReferences.apiVersion", "Invalid metadata.ownerReferences.uid"),
        .init(
            #"{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Event","name":"n","uid":"u","controller":true},{"apiVersion":"v1","kind":"Pod","name":"n","uid":"u","controller":true}]}}"#,
            "Invalid metadata.ownerReferences", "Invalid metadata.ownerReferences"),
        .init(
            #"{"metadata":{"labels":{"a b":"c d"},"annotations":{"A b":""}}}"#, "Invalid metadata.labels",
            "Invalid metadata.labels", "Invalid metadata.annotations"),
        .init(#"{"metadata":{"name":null}}"#, "Required metadata.name"),
        .init(#"{"data":{"a b":"","..":"x"},"binaryData":{"k":"AA=="}}"#, "Invalid data[a b]", "Invalid data[..]"),
        .init(#"{"data":{"k":""},"binaryData":{"k":"AA=="}}"#, "Invalid data[k]"),
    ]

    @Test(arguments: metadata) func metadataIsChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.configMaps, ["metadata": ["name": "m", "namespace": "d"]])
    }

    static let secrets: [RefusalCase] = [
        .init(#"{"type":"kubernetes.io/tls","data":{"tls.crt":""}}"#, "Required data[tls.key]"),
        .init(#"{"type":"kubernetes.io/dockerconfigjson"}"#, "Required data[.dockerconfigjson]"),
        .init(
            #"{"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"W10="}}"#,
            "Invalid data[.dockerconfigjson]"),
        .init(#"{"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"e30="}}"#),
        .init(#"{"type":"kubernetes.io/ssh-auth","data":{"ssh-privatekey":""}}"#, "Required data[ssh-privatekey]"),
        .init(#"{"type":"kubernetes.io/basic-auth"}"#, "Required data[username]", "Required data[password]"),
        .init(
            #"{"type":"kubernetes.io/service-account-token"}"#,
            "Required metadata.annotations[kubernetes.io/service-account.name]"),
    ]

    @Test(arguments: secrets) func secretsAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.secrets, ["metadata": ["name": "m", "namespace": "d"]])
    }

    // MARK: Nodes and endpoints

    static let nodes: [RefusalCase] = [
        .init(
            #"{"spec":{"taints":[{"key":"a b","effect":""},{"key":"k","effect":"No"},{"key":"k","effect":"No"}]}}"#,
            "Invalid metadata.taints[0].key", "Required metadata.taints[0].effect",
            "NotSupported metadata.taints[1].effect", "NotSupported metadata.taints[2].effect",
            "Duplicate metadata.taints[2]"),
        .init(
            #"{"spec":{"podCIDRs":["10.0.0.0/8","10.1.0.0/99"]}}"#, "Invalid spec.podCIDRs[1]", "Invalid spec.podCIDRs"),
        .init(
            #"{"status":{"capacity":{"pods":"1500m","cpu":"-1"}}}"#, "Invalid status.capacity.pods",
            "Invalid status.capacity.cpu", "Invalid status.allocatable.pods", "Invalid status.allocatable.cpu"),
    ]

    @Test(arguments: nodes) func nodesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.nodes, ["metadata": ["name": "n"]])
    }

    static let endpoints: [RefusalCase] = [
        .init(#"{"subsets":[{}]}"#, "Required subsets[0]"),
        .init(
            #"{"subsets":[{"addresses":[{"ip":"x"},{"ip":"169.254.0.1","hostname":"A"}],"ports":[{"port":0},{"port":1,"name":"b","protocol":"X"}]}]}"#,
            "Invalid subsets[0].addresses[0].ip", "Invalid subsets[0].addresses[0].ip",
            "Invalid subsets[0].addresses[1].ip", "Invalid subsets[0].addresses[1].hostname",
            "Required subsets[0].ports[0].name", "Invalid subsets[0].ports[0].port",
            "NotSupported subsets[0].ports[1].protocol"),
    ]

    @Test(arguments: endpoints) func endpointsAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.endpoints, ["metadata": ["name": "e", "namespace": "d"]])
    }

    static let slices: [RefusalCase] = [
        .init(#"{"addressType":null}"#, "Required addressType"),
        .init(#"{"addressType":"X"}"#, "NotSupported addressType"),
        .init(
            #"{"endpoints":[{"addresses":[]},{"addresses":["::1","10.0.0.1"],"hostname":"A"}],"ports":[{"name":"a"},{"name":"a","protocol":"X"}]}"#,
            "Required endpoints[0].addresses", "Invalid endpoints[1].addresses[0]", "Invalid endpoints[1].addresses[0]",
            "Invalid endpoints[1].hostname", "Duplicate ports[1].name", "NotSupported ports[1].protocol"),
    ]

    @Test(arguments: slices) func slicesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(
            .endpointSlices, ["metadata": ["name": "e", "namespace": "d"], "addressType": "IPv4", "endpoints": []])
    }

    // MARK: Storage

    static let classes: [RefusalCase] = [
        .init(#"{"provisioner":""}"#, "Required provisioner"),
        .init(
            #"{"provisioner":"a b","reclaimPolicy":"Recycle","volumeBindingMode":"X"}"#, "Invalid provisioner",
            "NotSupported reclaimPolicy", "NotSupported volumeBindingMode"),
        .init(
            #"{"parameters":{"":"x"},"allowedTopologies":[{"matchLabelExpressions":[{"key":"k","values":[]},{"key":"k","values":["a","a"]}]}]}"#,
            "Invalid parameters", "Required allowedTopologies[0].matchLabelExpressions[0].values",
            "Duplicate allowedTopologies[0].matchLabelExpressions[1].key",
            "Duplicate allowedTopologies[0].matchLabelExpressions[1].values[1]"),
        // Upstream compares an empty term with as many empty ones as there are terms.
        .init(#"{"allowedTopologies":[{}]}"#, "Duplicate allowedTopologies[0].matchLabelExpressions"),
    ]

    @Test(arguments: classes) func classesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.storageClasses, ["metadata": ["name": "c"], "provisioner": "example.com/p"])
    }

    /// Since 1.36 as invalid values.
    static let classChanges: [RefusalCase] = [
        .init(#"{"parameters":{"a":"c"}}"#, "Invalid parameters"), .init(#"{"parameters":null}"#, "Invalid parameters"),
        .init(#"{"provisioner":"example.com/q"}"#, "Invalid provisioner"),
        .init(#"{"reclaimPolicy":"Retain"}"#, "Invalid reclaimPolicy"),
        .init(#"{"volumeBindingMode":"WaitForFirstConsumer"}"#, "Invalid volumeBindingMode"),
        .init(#"{"allowVolumeExpansion":true,"mountOptions":["ro"],"metadata":{"labels":{"a":"b"}}}"#),
    ]

    @Test(arguments: classChanges) func classesKeepWhatTheyMake(_ test: RefusalCase) throws {
        try test.checkUpdate(
            .storageClasses,
            ["metadata": ["name": "c"], "provisioner": "example.com/p", "parameters": ["a": "b"]])
    }

    // MARK: Sets

    private static let claiming: JSON = [
        "metadata": ["name": "web", "namespace": "d"],
        "spec": [
            "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": [
                    "containers": [
                        ["name": "c", "image": "i", "volumeMounts": [["name": "www", "mountPath": "/data"]]]
                    ]
                ],
            ],
            "volumeClaimTemplates": [
                [
                    "metadata": ["name": "www"],
                    "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
                ]
            ],
        ],
    ]

    /// The pods of a set are checked with the volumes that its claims become, and their metadata twice.
    static let claimingSets: [RefusalCase] = [
        .init("{}"),
        .init(#"{"spec":{"template":{"spec":{"volumes":[{"name":"www","emptyDir":{}}]}}}}"#),
        .init(
            #"{"spec":{"volumeClaimTemplates":[{"metadata":{"name":"Www"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}"#,
            "Invalid spec.template.spec.volumes[0].name",
            "NotFound spec.template.spec.containers[0].volumeMounts[0].name"),
        .init(
            #"{"spec":{"volumeClaimTemplates":[{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}"#,
            "Required spec.template.spec.volumes[0].name",
            "Required spec.template.spec.volumes[0].persistentVolumeClaim.claimName",
            "NotFound spec.template.spec.containers[0].volumeMounts[0].name"),
        .init(
            #"{"spec":{"template":{"metadata":{"labels":{"a b":"c"}}}}}"#, "Invalid spec.template.labels",
            "Invalid spec.template.labels"),
    ]

    @Test(arguments: claimingSets) func setsAreCheckedWithTheirClaims(_ test: RefusalCase) throws {
        try test.checkCreate(.statefulSets, Self.claiming)
    }

    @Test func aCountThatIsNotToldIsNone() throws {
        let test = RefusalCase(
            #"{"status":{"replicas":-7}}"#, "Invalid status.replicas", "Invalid status.readyReplicas",
            "Invalid status.currentReplicas", "Invalid status.updatedReplicas", "Invalid status.availableReplicas")
        try test.checkUpdate(.statefulSets, Self.claiming, isStatus: true)
    }

    static let drivers: [RefusalCase] = [
        .init(
            #"{"spec":{"fsGroupPolicy":"X","volumeLifecycleModes":["Y"]}}"#, "NotSupported spec.fsGroupPolicy",
            "NotSupported spec.volumeLifecycleModes"),
        .init(
            #"{"spec":{"tokenRequests":[{"audience":"a","expirationSeconds":1},{"audience":"a"}]}}"#,
            "Invalid spec.tokenRequests[0].expirationSeconds", "Duplicate spec.tokenRequests[1].audience"),
    ]

    @Test(arguments: drivers) func driversAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.csiDrivers, ["metadata": ["name": "d"], "spec": [:]])
    }

    static let csiNodes: [RefusalCase] = [
        .init(
            #"{"spec":{"drivers":[{"name":"a","nodeID":"","topologyKeys":["k","k"]},{"name":"a","nodeID":"n","allocatable":{"count":-1}}]}}"#,
            "Required spec.drivers[0].nodeID", "Duplicate spec.drivers[0]", "Duplicate spec.drivers[1].name",
            "Invalid spec.drivers[1].allocatable.count")
    ]

    @Test(arguments: csiNodes) func csiNodesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.csiNodes, ["metadata": ["name": "n"], "spec": ["drivers": []]])
    }

    static let attachments: [RefusalCase] = [
        .init(#"{"spec":{"source":{"persistentVolumeName":null}}}"#, "Required spec.source"),
        .init(
            #"{"spec":{"attacher":"","nodeName":""}}"#, "Required spec.attacher", "Invalid spec.nodeName"),
        .init(
            #"{"spec":{"source":{"persistentVolumeName":null,"inlineVolumeSpec":{"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/a"},"capacity":{"storage":"1"}}}}}"#,
            "Forbidden spec.source.inlineVolumeSpec.capacity", "Required spec.source.inlineVolumeSpec.csi"),
    ]

    @Test(arguments: attachments) func attachmentsAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(
            .volumeAttachments,
            [
                "metadata": ["name": "a"],
                "spec": ["attacher": "a", "nodeName": "n", "source": ["persistentVolumeName": "v"]],
            ])
    }
}
