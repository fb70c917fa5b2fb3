extension SchemaTables {
    /// Metadata of every object, and what requests and answers are made of.
    static let metaTables = #"""
        package io.k8s.apimachinery.pkg.apis.meta.v1
        type DeleteOptions kind
          1 gracePeriodSeconds ?i64
          2 preconditions ?Preconditions
          3 orphanDependents ?bool
          4 propagationPolicy ?str values(Background|Foreground|Orphan)
          5 dryRun [str] atomic
          6 ignoreStoreReadErrorWithClusterBreakingPotential ?bool
        type Status kind
          1 metadata ListMeta
          2 status str
          3 message str
          4 reason str
          5 details ?StatusDetails
          6 code i32
        type PartialObjectMetadata kind
          1 metadata ObjectMeta
        type ListMeta
          1 selfLink str
          2 resourceVersion str
          3 continue str
          4 remainingItemCount ?i64
          5 shardInfo ?ShardInfo
        type ObjectMeta -- What every object has: its name, labels, owners and versions.
          1 name str -- Unique for its kind in its namespace; never changes.
          2 generateName str -- The beginning of a name that the server completes.
          3 namespace str -- The scope of the name.
          4 selfLink str
          5 uid str -- Unique for all objects of all time.
          6 resourceVersion str -- Changes with every write; guards against lost updates.
          7 generation i64 -- Counts the changes of the desired state.
          8 creationTimestamp ?Time -- When it was created.
          9 deletionTimestamp ?Time -- When it was asked to go.
          10 deletionGracePeriodSeconds ?i64 -- How long the going may take.
          11 labels {str} -- Short values to select by.
          12 annotations {str} -- Values for tools.
          13 ownerReferences [OwnerReference] map(uid) merge(uid) -- Objects whose going takes this one along.
          14 finalizers [str] set merge -- What must be done before it can go.
          17 managedFields [ManagedFieldsEntry] atomic -- Who owns which fields.
        type Preconditions
          1 uid ?str
          2 resourceVersion ?str
        type StatusDetails
          1 name str
          2 group str
          3 kind str
          6 uid str
          4 causes [StatusCause] atomic
          5 retryAfterSeconds i32
        type ShardInfo
          1 selector str! req
        type OwnerReference atomic -- Another object that this one belongs to.
          5 apiVersion str! req
          1 kind str! req
          3 name str! req
          4 uid str! req
          6 controller ?bool
          7 blockOwnerDeletion ?bool
        type ManagedFieldsEntry
          1 manager str
          2 operation str values(Apply|Update)
          3 apiVersion str
          4 time ?Time
          6 fieldsType str
          7 fieldsV1 ?fields
          8 subresource str
        type LabelSelector atomic -- Which labels an object must have.
          1 matchLabels {str}
          2 matchExpressions [LabelSelectorRequirement] atomic
        type Condition
          1 type str! req
          2 status str! req
          3 observedGeneration i64
          4 lastTransitionTime Time! req
          5 reason str! req
          6 message str! req
        type StatusCause
          1 reason str
          2 message str
          3 field str
        type LabelSelectorRequirement
          1 key str! req
          2 operator str! values(DoesNotExist|Exists|In|NotIn) req
          3 values [str] atomic
        """#
}
