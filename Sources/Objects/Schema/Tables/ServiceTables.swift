extension SchemaTables {
    /// Service, Endpoints, EndpointSlice.
    static let serviceTables = #"""
        package io.k8s.api.core.v1
        type Endpoints kind -- The addresses behind a service, in the older form.
          1 metadata ObjectMeta
          2 subsets [EndpointSubset] atomic
        type Service kind -- A stable name and address for a set of pods.
          1 metadata ObjectMeta
          2 spec ServiceSpec -- The desired state.
          3 status ServiceStatus -- The observed state; written by the system.
        package io.k8s.api.discovery.v1
        type EndpointSlice kind -- Some of the addresses behind a service.
          1 metadata ObjectMeta
          4 addressType str! enum(FQDN|IPv4|IPv6) req
          2 endpoints [Endpoint]! atomic
          3 ports [discovery.EndpointPort]! atomic
        package io.k8s.api.core.v1
        type EndpointSubset
          1 addresses [EndpointAddress] atomic
          2 notReadyAddresses [EndpointAddress] atomic
          3 ports [EndpointPort] atomic
        type ServiceSpec -- Which pods a service leads to and how.
          1 ports [ServicePort] map(port,protocol) merge(port) -- Ports of the service.
          2 selector {str} atomic -- Labels of its pods.
          3 clusterIP str -- The address of the service; None for a headless one.
          18 clusterIPs [str] atomic
          4 type str enum(ClusterIP|ExternalName|LoadBalancer|NodePort) ="ClusterIP" -- From where the service can be reached.
          5 externalIPs [str] atomic
          7 sessionAffinity str enum(ClientIP|None) ="None"
          8 loadBalancerIP str
          9 loadBalancerSourceRanges [str] atomic
          10 externalName str
          11 externalTrafficPolicy str enum(Cluster|Local)
          12 healthCheckNodePort i32
          13 publishNotReadyAddresses bool -- Include pods that are not ready.
          14 sessionAffinityConfig ?SessionAffinityConfig
          19 ipFamilies [str] atomic enum(IPv4|IPv6)
          17 ipFamilyPolicy ?str enum(PreferDualStack|RequireDualStack|SingleStack)
          20 allocateLoadBalancerNodePorts ?bool
          21 loadBalancerClass ?str
          22 internalTrafficPolicy ?str enum(Cluster|Local)
          23 trafficDistribution ?str
        type ServiceStatus
          1 loadBalancer LoadBalancerStatus
          2 conditions [Condition] map(type) merge(type)
        package io.k8s.api.discovery.v1
        type Endpoint
          1 addresses [str]! set req
          2 conditions EndpointConditions
          3 hostname ?str
          4 targetRef ?ObjectReference
          5 deprecatedTopology {str}
          6 nodeName ?str
          7 zone ?str
          8 hints ?EndpointHints
        type discovery.EndpointPort atomic
          1 name ?str =""
          2 protocol ?str enum(SCTP|TCP|UDP) ="TCP"
          3 port ?i32
          4 appProtocol ?str
        package io.k8s.api.core.v1
        type EndpointAddress atomic
          1 ip str! req
          3 hostname str
          4 nodeName ?str
          2 targetRef ?ObjectReference
        type EndpointPort atomic
          1 name str
          2 port i32! req
          3 protocol str enum(SCTP|TCP|UDP) ="TCP"
          4 appProtocol ?str
        type ServicePort
          1 name str
          2 protocol str enum(SCTP|TCP|UDP) ="TCP"
          6 appProtocol ?str
          3 port i32! req
          4 targetPort IntOrString
          5 nodePort i32
        type SessionAffinityConfig
          1 clientIP ?ClientIPConfig
        type LoadBalancerStatus
          1 ingress [LoadBalancerIngress] atomic
        package io.k8s.api.discovery.v1
        type EndpointConditions
          1 ready ?bool
          2 serving ?bool
          3 terminating ?bool
        type EndpointHints
          1 forZones [ForZone] atomic
          2 forNodes [ForNode] atomic
        package io.k8s.api.core.v1
        type ClientIPConfig
          1 timeoutSeconds ?i32
        type LoadBalancerIngress
          1 ip str
          2 hostname str
          3 ipMode ?str enum(Proxy|VIP)
          4 ports [PortStatus] atomic
        package io.k8s.api.discovery.v1
        type ForZone
          1 name str! req
        type ForNode
          1 name str! req
        package io.k8s.api.core.v1
        type PortStatus
          1 port i32! req
          2 protocol str! req
          3 error ?str
        """#
}
