import Testing

@testable import Objects

@Suite struct PodValidationTests {
    private static let pod: JSON = [
        "metadata": ["name": "p", "namespace": "d"],
        "spec": [
            "containers": [["name": "c", "image": "i"]],
            "volumes": [
                ["name": "v", "emptyDir": [:]], ["name": "w", "persistentVolumeClaim": ["claimName": "w"]],
            ],
        ],
    ]

    /// What is put into the only container.
    private static func inside(_ fields: String) -> String {
        #"{"spec":{"containers":[{"name":"c","image":"i",\#(fields)}]}}"#
    }

    private static func spec(_ fields: String) -> String { #"{"spec":{\#(fields)}}"# }

    static let containers: [RefusalCase] = [
        .init(inside(#""tty":true"#)),
        .init(#"{"spec":{"containers":[]}}"#, "Required spec.containers"),
        .init(
            #"{"spec":{"containers":[{}]}}"#, "Required spec.containers[0].name", "Required spec.containers[0].image"),
        .init(
            #"{"spec":{"containers":[{"name":"C_","image":" i"}]}}"#, "Invalid spec.containers[0].name",
            "Invalid spec.containers[0].image"),
        .init(
            #"{"spec":{"containers":[{"name":"c","image":"i"},{"name":"c","image":"i"}]}}"#,
            "Duplicate spec.containers[1].name"),
        .init(inside(#""imagePullPolicy":"Often""#), "NotSupported spec.containers[0].imagePullPolicy"),
        .init(inside(#""terminationMessagePolicy":"X""#), "NotSupported spec.containers[0].terminationMessagePolicy"),
        .init(inside(#""restartPolicy":"Sometimes""#), "NotSupported spec.containers[0].restartPolicy"),
        .init(
            inside(#""restartPolicyRules":[{"action":"Stop"}]"#), "Required spec.containers[0].restartPolicy",
            "NotSupported spec.containers[0].restartPolicyRules[0].action",
            "Required spec.containers[0].restartPolicyRules[0].exitCodes"),
        .init(
            inside(
                #""ports":[{"containerPort":0},{"containerPort":70000,"protocol":"X","name":"UPPER","hostPort":-1}]"#),
            "Required spec.containers[0].ports[0].containerPort", "Invalid spec.containers[0].ports[1].containerPort",
            "Invalid spec.containers[0].ports[1].hostPort", "NotSupported spec.containers[0].ports[1].protocol",
            "Invalid spec.containers[0].ports[1].name", "Invalid spec.containers[0].ports[1].name"),
        .init(
            inside(
                #""ports":[{"containerPort":1,"name":"a","hostPort":9},{"containerPort":2,"name":"a","hostPort":9}]"#),
            "Duplicate spec.containers[0].ports[1].name", "Duplicate spec.containers[0].ports[1].hostPort"),
        .init(
            inside(#""volumeMounts":[{"name":"x","mountPath":"/a"},{"name":"v","mountPath":"/a","subPath":"/b/.."}]"#),
            "NotFound spec.containers[0].volumeMounts[0].name", "Invalid spec.containers[0].volumeMounts[1].mountPath",
            "Invalid spec.containers[0].volumeMounts.subPath", "Invalid spec.containers[0].volumeMounts.subPath"),
        .init(
            inside(#""volumeMounts":[{}]"#), "Required spec.containers[0].volumeMounts[0].name",
            "NotFound spec.containers[0].volumeMounts[0].name", "Required spec.containers[0].volumeMounts[0].mountPath"),
        .init(
            inside(#""volumeMounts":[{"name":"v","mountPath":"/a","subPath":"a","subPathExpr":"b"}]"#),
            "Invalid spec.containers[0].volumeMounts[0].subPathExpr"),
        .init(
            inside(#""volumeMounts":[{"name":"v","mountPath":"/a","mountPropagation":"Bidirectional"}]"#),
            "Forbidden spec.containers[0].volumeMounts.mountPropagation"),
        .init(
            inside(#""volumeMounts":[{"name":"v","mountPath":"/a","recursiveReadOnly":"Enabled"}]"#),
            "Forbidden spec.containers[0].volumeMounts.recursiveReadOnly"),
        .init(
            inside(#""volumeDevices":[{"name":"v","devicePath":"/a"},{"name":"w","devicePath":"/b/../c"}]"#),
            "Invalid spec.containers[0].volumeDevices[0].name", "Invalid spec.containers[0].volumeDevices[1].devicePath"
        ),
        .init(
            inside(#""volumeMounts":[{"name":"w","mountPath":"/a"}],"volumeDevices":[{"name":"w","devicePath":"/a"}]"#),
            "Invalid spec.containers[0].volumeMounts[0].name", "Invalid spec.containers[0].volumeMounts[0].mountPath",
            "Invalid spec.containers[0].volumeDevices[0].name", "Invalid spec.containers[0].volumeDevices[0].devicePath"
        ),
        .init(
            inside(#""resizePolicy":[{"resourceName":"disk","restartPolicy":"Now"}]"#),
            "NotSupported spec.containers[0].resizePolicy", "NotSupported spec.containers[0].resizePolicy"),
    ]

    @Test(arguments: containers) func containersAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.pods, Self.pod)
    }

    static let environment: [RefusalCase] = [
        .init(
            inside(#""env":[{"name":""},{"name":"A=B"}]"#), "Required spec.containers[0].env[0].name",
            "Invalid spec.containers[0].env[1].name"),
        .init(inside(#""env":[{"name":"A","valueFrom":{}}]"#), "Invalid spec.containers[0].env[0].valueFrom"),
        .init(
            inside(#""env":[{"name":"A","value":"b","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]"#),
            "Invalid spec.containers[0].env[0].valueFrom"),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.nope"}}}]"#),
            "Invalid spec.containers[0].env[0].valueFrom.fieldRef.fieldPath"),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"status.phase"}}}]"#),
            "NotSupported spec.containers[0].env[0].valueFrom.fieldRef.fieldPath"),
        .init(inside(#""env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a/b']"}}}]"#)),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a b']"}}}]"#),
            "Invalid spec.containers[0].env[0].valueFrom.fieldRef"),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.gpu"}}}]"#),
            "NotSupported spec.containers[0].env[0].valueFrom.resourceFieldRef.resource"),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"2"}}}]"#),
            "Invalid spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor"),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"S_","key":""}}}]"#),
            "Invalid spec.containers[0].env[0].valueFrom.secretKeyRef.name",
            "Required spec.containers[0].env[0].valueFrom.secretKeyRef.key"),
        .init(
            inside(#""env":[{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"w","path":"a/../b","key":"K"}}}]"#),
            "Invalid spec.containers[0].env[0].valueFrom.fileKeyRef.path",
            "Invalid spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName"),
        .init(
            inside(#""envFrom":[{},{"prefix":"a=","configMapRef":{"name":"m"},"secretRef":{}}]"#),
            "Invalid spec.containers[0].envFrom", "Invalid spec.containers[0].envFrom",
            "Invalid spec.containers[0].envFrom[1].prefix", "Required spec.containers[0].envFrom[1].secretRef.name"),
    ]

    @Test(arguments: environment) func environmentIsChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.pods, Self.pod)
    }

    static let probes: [RefusalCase] = [
        .init(inside(#""livenessProbe":{}"#), "Required spec.containers[0].livenessProbe"),
        .init(
            inside(#""livenessProbe":{"exec":{},"tcpSocket":{"port":1},"successThreshold":2}"#),
            "Required spec.containers[0].livenessProbe.exec.command",
            "Forbidden spec.containers[0].livenessProbe.tcpSocket",
            "Invalid spec.containers[0].livenessProbe.successThreshold"),
        .init(
            inside(
                #""readinessProbe":{"httpGet":{"port":"","scheme":"FTP","httpHeaders":[{"name":"a b"}]},"timeoutSeconds":-1}"#
            ),
            "Invalid spec.containers[0].readinessProbe.httpGet.port",
            "Invalid spec.containers[0].readinessProbe.httpGet.port",
            "NotSupported spec.containers[0].readinessProbe.httpGet.scheme",
            "Invalid spec.containers[0].readinessProbe.httpGet.httpHeaders",
            "Invalid spec.containers[0].readinessProbe.timeoutSeconds"),
        .init(
            inside(#""readinessProbe":{"grpc":{"port":0},"terminationGracePeriodSeconds":3}"#),
            "Invalid spec.containers[0].readinessProbe.grpc.port",
            "Invalid spec.containers[0].readinessProbe.terminationGracePeriodSeconds"),
        .init(
            inside(#""lifecycle":{"preStop":{"sleep":{"seconds":31}},"postStart":{},"stopSignal":"SIGTERM"}"#),
            "Invalid spec.containers[0].lifecycle.preStop.sleep", "Required spec.containers[0].lifecycle.postStart",
            "Forbidden spec.containers[0].lifecycle.stopSignal"),
        .init(
            spec(#""initContainers":[{"name":"c","image":"i","livenessProbe":{"exec":{"command":["a"]}}}]"#),
            "Duplicate spec.initContainers[0].name", "Forbidden spec.initContainers[0].livenessProbe"),
        .init(
            spec(#""initContainers":[{"name":"s","image":"i","restartPolicy":"Always","readinessProbe":{"exec":{}}}]"#),
            "Required spec.initContainers[0].readinessProbe.exec.command"),
        .init(
            spec(
                #""ephemeralContainers":[{"name":"e","image":"i","ports":[{"containerPort":1}],"targetContainerName":"x"}]"#
            ),
            "Forbidden spec.ephemeralContainers", "Forbidden spec.ephemeralContainers[0].ports",
            "NotFound spec.ephemeralContainers[0].targetContainerName"),
    ]

    @Test(arguments: probes) func probesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.pods, Self.pod)
    }

    static let resources: [RefusalCase] = [
        .init(inside(#""resources":{"limits":{"cpu":"1","example.com/gpu":"2"},"requests":{"memory":"1Gi"}}"#)),
        .init(
            inside(#""resources":{"limits":{"cpu":"1"},"requests":{"cpu":"2"}}"#),
            "Invalid spec.containers[0].resources.requests"),
        .init(
            inside(#""resources":{"limits":{"cpu":"-1"}}"#), "Invalid spec.containers[0].resources.limits[cpu]",
            "Invalid spec.containers[0].resources.requests[cpu]"),
        .init(
            inside(#""resources":{"limits":{"disk":"1"},"requests":{}}"#),
            "Invalid spec.containers[0].resources.limits[disk]", "Invalid spec.containers[0].resources.limits[disk]",
            "Invalid spec.containers[0].resources.requests[disk]", "Invalid spec.containers[0].resources.requests[disk]"
        ),
        .init(
            inside(#""resources":{"requests":{"example.com/gpu":"1"}}"#), "Required spec.containers[0].resources.limits"
        ),
        .init(
            inside(#""resources":{"limits":{"example.com/gpu":"500m"}}"#),
            "Invalid spec.containers[0].resources.limits[example.com/gpu]",
            "Invalid spec.containers[0].resources.requests[example.com/gpu]"),
        .init(
            inside(#""resources":{"limits":{"hugepages-2Mi":"3Mi"}}"#), "Forbidden spec.containers[0].resources",
            "Invalid spec.containers[0].resources.limits[hugepages-2Mi]",
            "Invalid spec.containers[0].resources.requests[hugepages-2Mi]"),
        .init(
            inside(#""resources":{"claims":[{"name":"x"}]}"#), "NotFound spec.containers[0].resources.claims[0]"),
        .init(
            spec(#""resourceClaims":[{"name":"a"},{"name":"a","resourceClaimName":"B_"}]"#),
            "Invalid spec.resourceClaims[0]", "Duplicate spec.resourceClaims[1].name",
            "Invalid spec.resourceClaims[1].resourceClaimName"),
        .init(
            spec(#""resources":{"limits":{"ephemeral-storage":"1"}}"#),
            "NotSupported spec.resources.limits[ephemeral-storage]",
            "NotSupported spec.resources.requests[ephemeral-storage]"),
    ]

    @Test(arguments: resources) func resourcesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.pods, Self.pod)
    }

    static let volumes: [RefusalCase] = [
        .init(
            spec(#""volumes":[{"name":"a","emptyDir":{}},{"name":"a","hostPath":{"path":"/x"}}]"#),
            "Duplicate spec.volumes[1].name"),
        .init(
            spec(#""volumes":[{"name":"","secret":{}},{"name":"b","emptyDir":{},"secret":{"secretName":"s"}}]"#),
            "Required spec.volumes[0].name", "Required spec.volumes[0].secret.secretName",
            "Forbidden spec.volumes[1].secret"),
        .init(
            spec(
                #""volumes":[{"name":"a","configMap":{"name":"m","defaultMode":512,"items":[{"key":"","path":"../a","mode":-1}]}}]"#
            ),
            "Invalid spec.volumes[0].configMap.defaultMode", "Required spec.volumes[0].configMap.items[0].key",
            "Invalid spec.volumes[0].configMap.items[0].path", "Invalid spec.volumes[0].configMap.items[0].mode"),
        .init(
            spec(#""volumes":[{"name":"a","hostPath":{"path":"/a/../b","type":"Pipe"}}]"#),
            "Invalid spec.volumes[0].hostPath.path", "NotSupported spec.volumes[0].hostPath.type"),
        .init(
            spec(
                #""volumes":[{"name":"a","downwardAPI":{"items":[{"path":"a"},{"path":"/b","fieldRef":{"fieldPath":"spec.nodeName"}}]}}]"#
            ),
            "Required spec.volumes[0].downwardAPI", "Invalid spec.volumes[0].downwardAPI.path",
            "NotSupported spec.volumes[0].downwardAPI.fieldRef.fieldPath"),
        .init(
            spec(
                #""volumes":[{"name":"a","projected":{"sources":[{"secret":{"items":[{"key":"k","path":"x"}]}},{"configMap":{"name":"m","items":[{"key":"k","path":"x"}]}},{"serviceAccountToken":{"path":"","expirationSeconds":1}}]}}]"#
            ),
            "Required spec.volumes[0].projected.sources[0].secret.name", "Invalid spec.volumes[0].projected",
            "Required spec.volumes[0].projected.path",
            "Invalid spec.volumes[0].projected.sources[2].serviceAccountToken.expirationSeconds",
            "Forbidden spec.volumes[0].projected.sources[2].serviceAccountToken"),
        .init(
            spec(
                #""volumes":[{"name":"a","gcePersistentDisk":{"pdName":"","partition":300}},{"name":"b","cephfs":{"monitors":[]}}]"#
            ),
            "Required spec.volumes[0].persistentDisk.pdName", "Invalid spec.volumes[0].persistentDisk.partition",
            "Required spec.volumes[1].cephfs.monitors"),
        .init(
            spec(
                #""volumes":[{"name":"a","iscsi":{"targetPortal":"p","iqn":"iqn.bad","lun":300}},{"name":"b","nfs":{"server":"s","path":"rel"}}]"#
            ),
            "Invalid spec.volumes[0].iscsi.iqn", "Invalid spec.volumes[0].iscsi.lun", "Invalid spec.volumes[1].nfs.path"
        ),
        .init(
            spec(#""volumes":[{"name":"a","ephemeral":{"volumeClaimTemplate":{"metadata":{"name":"x"},"spec":{}}}}]"#),
            "Forbidden spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name",
            "Required spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes",
            "Required spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]"),
        .init(
            spec(#""volumes":[{"name":"a","csi":{"driver":"D_"}},{"name":"b","image":{}}]"#),
            "Invalid spec.volumes[0].csi.driver", "Required spec.volumes[1].image.reference"),
    ]

    @Test(arguments: volumes) func volumesAreChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.pods, Self.pod)
    }

    static let specs: [RefusalCase] = [
        .init(
            spec(#""restartPolicy":"No","dnsPolicy":"No","terminationGracePeriodSeconds":-5"#),
            "NotSupported spec.restartPolicy", "NotSupported spec.dnsPolicy"),
        .init(
            spec(
                #""hostname":"a.b","subdomain":"A","nodeName":"N_","serviceAccountName":"S_","activeDeadlineSeconds":0"#
            ),
            "Invalid spec.hostname", "Invalid spec.subdomain", "Invalid spec.nodeName",
            "Invalid spec.serviceAccountName", "Invalid spec.activeDeadlineSeconds"),
        .init(spec(#""dnsPolicy":"None""#), "Required spec.dnsConfig"),
        .init(
            spec(#""dnsPolicy":"None","dnsConfig":{"nameservers":[]}"#), "Required spec.dnsConfig.nameservers"),
        .init(
            spec(#""dnsConfig":{"nameservers":["1.1.1.1","x"],"searches":["a_b.c.","-"],"options":[{"value":"1"}]}"#),
            "Invalid spec.dnsConfig.nameservers[1]", "Invalid spec.dnsConfig.searches[1]",
            "Required spec.dnsConfig.options[0]"),
        .init(
            spec(#""hostNetwork":true,"hostUsers":false,"hostPID":true,"shareProcessNamespace":true"#),
            "Forbidden spec.hostNetwork", "Forbidden spec.HostPID", "Invalid spec.securityContext.shareProcessNamespace"
        ),
        .init(
            spec(
                #""securityContext":{"runAsUser":-1,"supplementalGroups":[-2],"fsGroupChangePolicy":"X","sysctls":[{"name":"a b","value":"1"},{"name":"","value":""}],"seccompProfile":{"type":"Localhost"},"appArmorProfile":{"type":"X"}}"#
            ),
            "Invalid spec.securityContext.runAsUser", "Invalid spec.securityContext.supplementalGroups[0]",
            "NotSupported spec.securityContext.fsGroupChangePolicy", "Invalid spec.securityContext.sysctls[0].name",
            "Required spec.securityContext.sysctls[1].name",
            "Required spec.securityContext.seccompProfile.localhostProfile",
            "NotSupported spec.securityContext.appArmorProfile.type"),
        .init(
            inside(
                #""securityContext":{"privileged":true,"allowPrivilegeEscalation":false,"procMount":"Unmasked","runAsGroup":-1}"#
            ),
            "Invalid spec.containers[0].securityContext", "Invalid spec.containers[0].securityContext.procMount",
            "Invalid spec.containers[0].securityContext.runAsGroup"),
        .init(
            spec(
                #""tolerations":[{"key":"a b"},{"operator":"Equal"},{"key":"k","operator":"Exists","value":"v"},{"key":"k","operator":"In"},{"key":"k","operator":"Exists","effect":"No","tolerationSeconds":1}]"#
            ),
            "Invalid spec.tolerations[0].key", "Invalid spec.tolerations[1].operator",
            "Invalid spec.tolerations[2].operator", "NotSupported spec.tolerations[3].operator",
            "Invalid spec.tolerations[4].effect", "NotSupported spec.tolerations[4].effect"),
        .init(
            spec(
                #""topologySpreadConstraints":[{"maxSkew":0,"topologyKey":"","whenUnsatisfiable":"Maybe","minDomains":0}]"#
            ),
            "Invalid spec.topologySpreadConstraints[0].maxSkew",
            "Required spec.topologySpreadConstraints[0].topologyKey",
            "NotSupported spec.topologySpreadConstraints[0].whenUnsatisfiable",
            "Invalid spec.topologySpreadConstraints[0].minDomains",
            "Invalid spec.topologySpreadConstraints[0].minDomains"),
        .init(
            spec(
                #""affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a b","operator":"Is"},{"key":"k","operator":"Gt","values":[]}],"matchFields":[{"key":"x","operator":"In","values":[]}]}]},"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":0,"preference":{}}]}}"#
            ),
            "Invalid spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key",
            "Invalid spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator",
            "Required spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values",
            "Invalid spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key",
            "Required spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values",
            "Invalid spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight"),
        .init(
            spec(
                #""affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"namespaces":["A"],"labelSelector":{"matchExpressions":[{"key":"k","operator":"In"}]}}]}}"#
            ),
            "Invalid spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespace",
            "Required spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].values",
            "Required spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
            "Invalid spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
            "Invalid spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey"),
        .init(
            spec(
                #""schedulingGates":[{"name":"a b"},{"name":"g"},{"name":"g"}],"nodeName":"n","readinessGates":[{"conditionType":""}]"#
            ),
            "Invalid spec.schedulingGates[0]", "Duplicate spec.schedulingGates[2]", "Forbidden spec.nodeName",
            "Invalid spec.readinessGates[0].conditionType", "Invalid spec.readinessGates[0].conditionType"),
        .init(
            spec(#""hostAliases":[{"ip":"x","hostnames":["A_"]}],"nodeSelector":{"a b":"c d"}"#),
            "Invalid spec.hostAliases[0].ip", "Invalid spec.hostAliases[0].hostnames[0]", "Invalid spec.nodeSelector",
            "Invalid spec.nodeSelector"),
        .init(
            spec(#""os":{"name":"windows"},"hostPID":true,"securityContext":{"runAsUser":1}"#),
            "Forbidden spec.hostPID",
            "Forbidden spec.securityContext.runAsUser"),
        .init(
            spec(#""os":{"name":"plan9"},"setHostnameAsFQDN":true,"hostnameOverride":"X_""#), "NotSupported spec.os",
            "Forbidden spec.hostnameOverride", "Invalid spec.hostnameOverride"),
        .init(
            #"{"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"+1"}}}"#,
            "Invalid metadata.annotations[controller.kubernetes.io/pod-deletion-cost]"),
    ]

    @Test(arguments: specs) func theRestIsChecked(_ test: RefusalCase) throws {
        try test.checkCreate(.pods, Self.pod)
    }

    static let updates: [RefusalCase] = [
        .init(
            #"{"spec":{"containers":[{"name":"c","image":""}]}}"#, "Required spec.containers[0].image",
            "Required spec.containers[0].image", "Forbidden spec"),
        .init(
            #"{"spec":{"containers":[{"name":"c","image":"i"},{"name":"d","image":"i"}]}}"#, "Forbidden spec.containers"
        ),
        .init(#"{"spec":{"schedulingGates":[{"name":"g"}]}}"#, "Forbidden spec.schedulingGates[0].name"),
        .init(#"{"spec":{"nodeSelector":{"a":"b"}}}"#, "Forbidden spec"),
        .init(
            #"{"spec":{"activeDeadlineSeconds":-1}}"#, "Invalid spec.activeDeadlineSeconds",
            "Invalid spec.activeDeadlineSeconds"),
        .init(#"{"spec":{"terminationGracePeriodSeconds":1}}"#, "Forbidden spec"),
        .init(
            #"{"metadata":{"annotations":{"kubernetes.io/config.mirror":"x"}}}"#,
            "Forbidden metadata.annotations[kubernetes.io/config.mirror]",
            "Invalid metadata.annotations[kubernetes.io/config.mirror]"),
    ]

    @Test(arguments: updates) func updatesAreChecked(_ test: RefusalCase) throws {
        try test.checkUpdate(.pods, Self.pod)
    }
}
