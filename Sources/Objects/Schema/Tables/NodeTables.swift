extension SchemaTables {
    /// Node.
    static let nodeTables = #"""
        package io.k8s.api.core.v1
        type Node kind -- A machine that runs pods.
          1 metadata ObjectMeta
          2 spec NodeSpec -- The desired state.
          3 status NodeStatus -- The observed state; written by the system.
        type NodeSpec
          1 podCIDR str
          7 podCIDRs [str] set merge
          3 providerID str
          4 unschedulable bool
          5 taints [Taint] atomic
          6 configSource ?NodeConfigSource
          2 externalID str
        type NodeStatus -- What a node has and how it is.
          1 capacity {Quantity}
          2 allocatable {Quantity}
          3 phase str
          4 conditions [NodeCondition] map(type) merge(type)
          5 addresses [NodeAddress] map(type) merge(type)
          6 daemonEndpoints NodeDaemonEndpoints
          7 nodeInfo NodeSystemInfo
          8 images [ContainerImage] atomic
          9 volumesInUse [str] atomic
          10 volumesAttached [AttachedVolume] atomic
          11 config ?NodeConfigStatus
          12 runtimeHandlers [NodeRuntimeHandler] atomic
          13 features ?NodeFeatures
          14 declaredFeatures [str] atomic
        type Taint
          1 key str! req
          2 value str
          3 effect str! req
          4 timeAdded ?Time
        type NodeConfigSource
          2 configMap ?ConfigMapNodeConfigSource
        type NodeCondition
          1 type str! req
          2 status str! req
          3 lastHeartbeatTime Time
          4 lastTransitionTime Time
          5 reason str
          6 message str
        type NodeAddress
          1 type str! enum(ExternalDNS|ExternalIP|Hostname|InternalDNS|InternalIP) req
          2 address str! req
        type NodeDaemonEndpoints
          1 kubeletEndpoint DaemonEndpoint
        type NodeSystemInfo
          1 machineID str! req
          2 systemUUID str! req
          3 bootID str! req
          4 kernelVersion str! req
          5 osImage str! req
          6 containerRuntimeVersion str! req
          7 kubeletVersion str! req
          8 kubeProxyVersion str! req
          9 operatingSystem str! req
          10 architecture str! req
          11 swap ?NodeSwapStatus
        type ContainerImage
          1 names [str]! atomic
          2 sizeBytes i64
        type AttachedVolume
          1 name str! req
          2 devicePath str! req
        type NodeConfigStatus
          1 assigned ?NodeConfigSource
          2 active ?NodeConfigSource
          3 lastKnownGood ?NodeConfigSource
          4 error str
        type NodeRuntimeHandler
          1 name str!
          2 features ?NodeRuntimeHandlerFeatures
        type NodeFeatures
          1 supplementalGroupsPolicy ?bool
        type ConfigMapNodeConfigSource
          1 namespace str! req
          2 name str! req
          3 uid str
          4 resourceVersion str
          5 kubeletConfigKey str! req
        type DaemonEndpoint
          1 Port i32! req
        type NodeSwapStatus
          1 capacity ?i64
        type NodeRuntimeHandlerFeatures
          1 recursiveReadOnlyMounts ?bool
          2 userNamespaces ?bool
        """#
}
