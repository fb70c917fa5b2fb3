extension SchemaTables {
    /// PodDisruptionBudget, Eviction, Lease, Scale.
    static let policyTables = #"""
        package io.k8s.api.coordination.v1
        type Lease kind -- A lock with a holder and a time to live.
          1 metadata ObjectMeta
          2 spec LeaseSpec -- The desired state.
        package io.k8s.api.policy.v1
        type PodDisruptionBudget kind -- How many pods of a set may be missing on purpose.
          1 metadata ObjectMeta
          2 spec PodDisruptionBudgetSpec -- The desired state.
          3 status PodDisruptionBudgetStatus -- The observed state; written by the system.
        type Eviction kind -- The request to remove a pod unless a budget forbids it.
          1 metadata ObjectMeta
          2 deleteOptions ?DeleteOptions
        package io.k8s.api.autoscaling.v1
        type Scale kind -- The number of replicas of something that scales.
          1 metadata ObjectMeta
          2 spec ScaleSpec -- The desired state.
          3 status ScaleStatus -- The observed state; written by the system.
        package io.k8s.api.coordination.v1
        type LeaseSpec
          1 holderIdentity ?str
          2 leaseDurationSeconds ?i32
          3 acquireTime ?MicroTime
          4 renewTime ?MicroTime
          5 leaseTransitions ?i32
          6 strategy ?str enum(OldestEmulationVersion)
          7 preferredHolder ?str
        package io.k8s.api.policy.v1
        type PodDisruptionBudgetSpec
          1 minAvailable ?IntOrString
          2 selector ?LabelSelector replace
          3 maxUnavailable ?IntOrString
          4 unhealthyPodEvictionPolicy ?str enum(AlwaysAllow|IfHealthyBudget)
        type PodDisruptionBudgetStatus
          1 observedGeneration i64
          2 disruptedPods {Time}
          3 disruptionsAllowed i32!
          4 currentHealthy i32!
          5 desiredHealthy i32!
          6 expectedPods i32!
          7 conditions [Condition] map(type) merge(type)
        package io.k8s.api.autoscaling.v1
        type ScaleSpec
          1 replicas i32 =0
        type ScaleStatus
          1 replicas i32! req
          2 selector str
        """#
}
