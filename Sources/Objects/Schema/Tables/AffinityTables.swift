extension SchemaTables {
    /// Where pods and volumes may be: selectors, affinity, tolerations, spread.
    static let affinityTables = #"""
        package io.k8s.api.core.v1
        type Affinity
          1 nodeAffinity ?NodeAffinity
          2 podAffinity ?PodAffinity
          3 podAntiAffinity ?PodAntiAffinity
        type Toleration
          1 key str
          2 operator str enum(Equal|Exists)
          3 value str
          4 effect str enum(NoExecute|NoSchedule|PreferNoSchedule)
          5 tolerationSeconds ?i64
        type TopologySpreadConstraint
          1 maxSkew i32! req
          2 topologyKey str! req
          3 whenUnsatisfiable str! enum(DoNotSchedule|ScheduleAnyway) req
          4 labelSelector ?LabelSelector
          5 minDomains ?i32
          6 nodeAffinityPolicy ?str enum(Honor|Ignore)
          7 nodeTaintsPolicy ?str enum(Honor|Ignore)
          8 matchLabelKeys [str] atomic
        type NodeSelector atomic
          1 nodeSelectorTerms [NodeSelectorTerm]! atomic req
        type NodeAffinity
          1 requiredDuringSchedulingIgnoredDuringExecution ?NodeSelector
          2 preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm] atomic
        type PodAffinity
          1 requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] atomic
          2 preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] atomic
        type PodAntiAffinity
          1 requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] atomic
          2 preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] atomic
        type NodeSelectorTerm atomic
          1 matchExpressions [NodeSelectorRequirement] atomic
          2 matchFields [NodeSelectorRequirement] atomic
        type PreferredSchedulingTerm
          1 weight i32! req
          2 preference NodeSelectorTerm! req
        type PodAffinityTerm
          1 labelSelector ?LabelSelector
          2 namespaces [str] atomic
          3 topologyKey str! req
          4 namespaceSelector ?LabelSelector
          5 matchLabelKeys [str] atomic
          6 mismatchLabelKeys [str] atomic
        type WeightedPodAffinityTerm
          1 weight i32! req
          2 podAffinityTerm PodAffinityTerm! req
        type NodeSelectorRequirement
          1 key str! req
          2 operator str! values(DoesNotExist|Exists|Gt|In|Lt|NotIn) req
          3 values [str] atomic
        """#
}
