/// Checks that the tables cannot express, by type. A rule reports fields relative to its object; whoever calls it puts
/// the path before them.
enum ValidationRules {
    typealias Rule = @Sendable (JSONObject, inout [FieldError]) -> Void

    static let byType: [String: Rule] = own.merging(VolumeSourceRules.byType) { first, _ in first }

    private static let own: [String: Rule] = [
        "ConfigMap": DataRules.configMap,
        "Secret": DataRules.secret,
        "PersistentVolumeSpec": VolumeRules.volumeSpec,
        "PersistentVolumeClaimSpec": VolumeRules.claimSpec,
        "PodSpec": PodRules.spec,
        "Volume": PodRules.volume,
        "Toleration": PodRules.toleration,
        "Container": ContainerRules.container,
        "EphemeralContainer": ContainerRules.container,
        "Probe": ContainerRules.probe,
        "LifecycleHandler": ContainerRules.handler,
        "EnvVar": ContainerRules.variable,
        "SecurityContext": ContainerRules.securityContext,
        "PodSecurityContext": ContainerRules.securityContext,
        "ResourceRequirements": QuantityRules.resources,
        "StatefulSetSpec": StatefulSetRules.spec,
        "PodTemplateSpec": StatefulSetRules.template,
        "ServiceSpec": ServiceRules.spec,
        "LabelSelector": SelectorRules.labelSelector,
        "NodeSelector": SelectorRules.nodeSelector,
        "NodeSelectorRequirement": SelectorRules.nodeRequirement,
        "PodDisruptionBudgetSpec": PolicyRules.budget,
        "LeaseSpec": PolicyRules.lease,
        "StorageClass": PolicyRules.storageClass,
        "ControllerRevision": PolicyRules.revision,
        "EndpointSlice": PolicyRules.endpointSlice,
        "Event": PolicyRules.event,
        "Taint": PolicyRules.taint,
    ]
}

extension [FieldError] {
    /// What `body` reports is about the field `step`.
    mutating func below(_ step: String, _ body: (inout [FieldError]) -> Void) {
        var own: [FieldError] = []
        body(&own)
        own.prefix(from: 0, step)
        self += own
    }

    mutating func prefix(from start: Int, _ step: String) {
        for index in start..<count {
            let field = self[index].field
            self[index].field = field.isEmpty ? step : field.hasPrefix("[") ? step + field : "\(step).\(field)"
        }
    }
}
