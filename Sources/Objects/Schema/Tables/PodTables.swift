extension SchemaTables {
    /// Pod and what it says about the pod as a whole.
    static let podTables = #"""
        package io.k8s.api.core.v1
        type Pod kind -- A group of containers that run together on one node.
          1 metadata ObjectMeta
          2 spec PodSpec -- The desired state.
          3 status PodStatus -- The observed state; written by the system.
        type PodSpec -- What a pod should be.
          1 volumes [Volume] map(name) merge(name) retain -- What the containers may mount.
          20 initContainers [Container] map(name) merge(name) -- Run to completion in order before the others, unless they restart always.
          2 containers [Container]! map(name) merge(name) req -- At least one; their number never changes.
          34 ephemeralContainers [EphemeralContainer] map(name) merge(name)
          3 restartPolicy str enum(Always|Never|OnFailure) ="Always" -- When ended containers start again.
          4 terminationGracePeriodSeconds ?i64 =30 -- How long the pod may take to stop.
          5 activeDeadlineSeconds ?i64 -- How long the pod may run at all.
          6 dnsPolicy str enum(ClusterFirst|ClusterFirstWithHostNet|Default|None) ="ClusterFirst" -- How names are resolved in the pod.
          7 nodeSelector {str} atomic -- Labels that the node must have.
          8 serviceAccountName str -- The identity of the pod.
          9 serviceAccount str
          21 automountServiceAccountToken ?bool
          10 nodeName str -- The node that the pod is bound to.
          11 hostNetwork bool -- Use the node's own network.
          12 hostPID bool
          13 hostIPC bool
          27 shareProcessNamespace ?bool
          14 securityContext ?PodSecurityContext ={} -- Users, groups and privileges of the whole pod.
          15 imagePullSecrets [LocalObjectReference] map(name) merge(name) -- Credentials for registries.
          16 hostname str -- The host name inside the pod.
          17 subdomain str -- The service that gives the pod its DNS name.
          18 affinity ?Affinity -- Which nodes and neighbours the pod prefers or needs.
          19 schedulerName str ="default-scheduler" -- Who decides on the node.
          22 tolerations [Toleration] atomic -- Taints of nodes that the pod puts up with.
          23 hostAliases [HostAlias] map(ip) merge(ip)
          24 priorityClassName str
          25 priority ?i32
          26 dnsConfig ?PodDNSConfig
          28 readinessGates [PodReadinessGate] atomic
          29 runtimeClassName ?str
          30 enableServiceLinks ?bool
          31 preemptionPolicy ?str enum(Never|PreemptLowerPriority)
          32 overhead {Quantity}
          33 topologySpreadConstraints [TopologySpreadConstraint] map(topologyKey,whenUnsatisfiable) merge(topologyKey)
          35 setHostnameAsFQDN ?bool
          36 os ?PodOS
          37 hostUsers ?bool
          38 schedulingGates [PodSchedulingGate] map(name) merge(name)
          39 resourceClaims [PodResourceClaim] map(name) merge(name) retain
          40 resources ?ResourceRequirements
          41 hostnameOverride ?str
          43 schedulingGroup ?PodSchedulingGroup
        type PodTemplateSpec -- From what a controller makes its pods.
          1 metadata ObjectMeta
          2 spec PodSpec -- The desired state.
        type PodSecurityContext
          1 seLinuxOptions ?SELinuxOptions
          8 windowsOptions ?WindowsSecurityContextOptions
          2 runAsUser ?i64
          6 runAsGroup ?i64
          3 runAsNonRoot ?bool
          4 supplementalGroups [i64] atomic
          12 supplementalGroupsPolicy ?str enum(Merge|Strict)
          5 fsGroup ?i64
          7 sysctls [Sysctl] atomic
          9 fsGroupChangePolicy ?str enum(Always|OnRootMismatch)
          10 seccompProfile ?SeccompProfile
          11 appArmorProfile ?AppArmorProfile
          13 seLinuxChangePolicy ?str enum(MountOption|Recursive)
        type HostAlias
          1 ip str! req
          2 hostnames [str] atomic
        type PodDNSConfig
          1 nameservers [str] atomic
          2 searches [str] atomic
          3 options [PodDNSConfigOption] atomic
        type PodReadinessGate
          1 conditionType str! req
        type PodOS
          1 name str! enum(linux|windows) req
        type PodSchedulingGate
          1 name str! req
        type PodResourceClaim
          1 name str! req
          3 resourceClaimName ?str
          4 resourceClaimTemplateName ?str
        type PodSchedulingGroup
          1 podGroupName ?str
        type SELinuxOptions
          1 user str
          2 role str
          3 type str
          4 level str
        type WindowsSecurityContextOptions
          1 gmsaCredentialSpecName ?str
          2 gmsaCredentialSpec ?str
          3 runAsUserName ?str
          4 hostProcess ?bool
        type Sysctl
          1 name str! req
          2 value str! req
        type SeccompProfile
          1 type str! enum(Localhost|RuntimeDefault|Unconfined) req
          2 localhostProfile ?str
        type AppArmorProfile
          1 type str! enum(Localhost|RuntimeDefault|Unconfined) req
          2 localhostProfile ?str
        type PodDNSConfigOption
          1 name str
          2 value ?str
        """#
}
