/// Every kind of Kubernetes 1.36 that Berth stores.
enum BuiltinKinds {
    static let all: [KindSchema] = core + apps + storage + others

    private static let core: [KindSchema] = [
        KindSchema(group: "", version: "v1", kind: "ConfigMap", resource: "configmaps", shortNames: ["cm"]),
        KindSchema(
            group: "", version: "v1", kind: "Endpoints", resource: "endpoints", shortNames: ["ep"],
            storagePath: "services/endpoints"),
        KindSchema(group: "", version: "v1", kind: "Event", resource: "events", shortNames: ["ev"]),
        KindSchema(
            group: "", version: "v1", kind: "Namespace", resource: "namespaces", shortNames: ["ns"],
            namespaced: false, hasStatus: true),
        KindSchema(
            group: "", version: "v1", kind: "Node", resource: "nodes", shortNames: ["no"], namespaced: false,
            storagePath: "minions", hasStatus: true),
        KindSchema(
            group: "", version: "v1", kind: "PersistentVolumeClaim", resource: "persistentvolumeclaims",
            shortNames: ["pvc"], hasStatus: true),
        KindSchema(
            group: "", version: "v1", kind: "PersistentVolume", resource: "persistentvolumes", shortNames: ["pv"],
            namespaced: false, hasStatus: true),
        KindSchema(
            group: "", version: "v1", kind: "Pod", resource: "pods", shortNames: ["po"], categories: ["all"],
            hasStatus: true),
        KindSchema(group: "", version: "v1", kind: "Secret", resource: "secrets"),
        KindSchema(
            group: "", version: "v1", kind: "ServiceAccount", resource: "serviceaccounts", shortNames: ["sa"]),
        KindSchema(
            group: "", version: "v1", kind: "Service", resource: "services", shortNames: ["svc"],
            categories: ["all"], storagePath: "services/specs", hasStatus: true),
    ]

    private static let apps: [KindSchema] = [
        KindSchema(group: "apps", version: "v1", kind: "ControllerRevision", resource: "controllerrevisions"),
        KindSchema(
            group: "apps", version: "v1", kind: "StatefulSet", resource: "statefulsets", shortNames: ["sts"],
            categories: ["all"], hasStatus: true, hasScale: true),
    ]

    private static let storage: [KindSchema] = [
        KindSchema(
            group: "storage.k8s.io", version: "v1", kind: "CSIDriver", resource: "csidrivers", namespaced: false),
        KindSchema(group: "storage.k8s.io", version: "v1", kind: "CSINode", resource: "csinodes", namespaced: false),
        KindSchema(
            group: "storage.k8s.io", version: "v1", kind: "StorageClass", resource: "storageclasses",
            shortNames: ["sc"], namespaced: false),
        KindSchema(
            group: "storage.k8s.io", version: "v1", kind: "VolumeAttachment", resource: "volumeattachments",
            namespaced: false, hasStatus: true),
    ]

    private static let others: [KindSchema] = [
        KindSchema(
            group: "coordination.k8s.io", version: "v1", kind: "Lease", resource: "leases"),
        KindSchema(
            group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", resource: "endpointslices"),
        KindSchema(
            group: "events.k8s.io", version: "v1", kind: "Event", resource: "events", shortNames: ["ev"],
            root: "events.Event"),
        KindSchema(
            group: "policy", version: "v1", kind: "PodDisruptionBudget", resource: "poddisruptionbudgets",
            shortNames: ["pdb"], hasStatus: true),
    ]
}
