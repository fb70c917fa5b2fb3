extension SchemaTables {
    /// What a pod reports.
    static let podStatusTables = #"""
        package io.k8s.api.core.v1
        type PodStatus -- What a pod is at the moment, as its node last reported it.
          17 observedGeneration i64
          1 phase str -- Pending, Running, Succeeded, Failed or Unknown.
          2 conditions [PodCondition] map(type) merge(type) -- Named facts about the pod, such as Ready.
          3 message str
          4 reason str
          11 nominatedNodeName str
          5 hostIP str
          16 hostIPs [HostIP] atomic merge(ip)
          6 podIP str -- The address of the pod.
          12 podIPs [PodIP] map(ip) merge(ip)
          7 startTime ?Time -- When the node accepted the pod.
          10 initContainerStatuses [ContainerStatus] atomic
          8 containerStatuses [ContainerStatus] atomic -- How each container is.
          9 qosClass str
          13 ephemeralContainerStatuses [ContainerStatus] atomic
          14 resize str
          15 resourceClaimStatuses [PodResourceClaimStatus] map(name) merge(name) retain
          18 extendedResourceClaimStatus ?PodExtendedResourceClaimStatus
          19 allocatedResources {Quantity}
          20 resources ?ResourceRequirements
          21 nodeAllocatableResourceClaimStatuses [NodeAllocatableResourceClaimStatus] map(resourceClaimName) merge(resourceClaimName)
        type PodCondition
          1 type str! req
          7 observedGeneration i64
          2 status str! req
          3 lastProbeTime Time
          4 lastTransitionTime Time
          5 reason str
          6 message str
        type HostIP
          1 ip str! req
        type PodIP
          1 ip str! req
        type ContainerStatus
          1 name str! req
          2 state ContainerState
          3 lastState ContainerState
          4 ready bool! req
          5 restartCount i32! req
          6 image str! req
          7 imageID str! req
          8 containerID str
          9 started ?bool
          10 allocatedResources {Quantity}
          11 resources ?ResourceRequirements
          12 volumeMounts [VolumeMountStatus] map(mountPath) merge(mountPath)
          13 user ?ContainerUser
          14 allocatedResourcesStatus [ResourceStatus] map(name) merge(name)
          15 stopSignal ?str
        type PodResourceClaimStatus
          1 name str! req
          2 resourceClaimName ?str
        type PodExtendedResourceClaimStatus
          1 requestMappings [ContainerExtendedResourceRequest]! atomic req
          2 resourceClaimName str! req
        type NodeAllocatableResourceClaimStatus
          1 resourceClaimName str! req
          2 containers [str] set
        type ContainerState
          1 waiting ?ContainerStateWaiting
          2 running ?ContainerStateRunning
          3 terminated ?ContainerStateTerminated
        type VolumeMountStatus
          1 name str! req
          2 mountPath str! req
          3 readOnly bool
          4 recursiveReadOnly ?str
          5 volumeStatus ?VolumeStatus
        type ContainerUser
          1 linux ?LinuxContainerUser
        type ResourceStatus
          1 name str! req
          2 resources [ResourceHealth] map(resourceID)
        type ContainerExtendedResourceRequest
          1 containerName str! req
          2 resourceName str! req
          3 requestName str! req
        type ContainerStateWaiting
          1 reason str
          2 message str
        type ContainerStateRunning
          1 startedAt Time
        type ContainerStateTerminated
          1 exitCode i32! req
          2 signal i32
          3 reason str
          4 message str
          5 startedAt Time
          6 finishedAt Time
          7 containerID str
        type VolumeStatus
          1 image ?ImageVolumeStatus
        type LinuxContainerUser
          1 uid i64! req
          2 gid i64! req
          3 supplementalGroups [i64] atomic
        type ResourceHealth
          1 resourceID str! req
          2 health str values(Healthy|Unhealthy|Unknown)
          6 message ?str
        type ImageVolumeStatus
          1 imageRef str req
        """#
}
