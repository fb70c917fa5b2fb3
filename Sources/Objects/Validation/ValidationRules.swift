/// Checks by type. A rule reports about everything in its object, with fields relative to it; whoever calls it puts the
/// path before them.
enum ValidationRules {
    typealias Rule = @Sendable (JSONObject, inout [FieldError]) -> Void

    static let byType: [String: Rule] = [
        "ConfigMap": DataRules.configMap,
        "Secret": DataRules.secret,
        "Namespace": NodeRules.namespace,
        "Node": NodeRules.node,
        "PersistentVolume": VolumeRules.volume,
        "PersistentVolumeClaimSpec": VolumeRules.claimSpec,
        "Pod": PodRules.pod,
        "StatefulSetSpec": StatefulSetRules.spec,
        "Service": ServiceRules.service,
        "Endpoints": EndpointRules.endpoints,
        "EndpointSlice": EndpointRules.slice,
        "PodDisruptionBudgetSpec": PolicyRules.budget,
        "LeaseSpec": PolicyRules.lease,
        "StorageClass": StorageRules.storageClass,
        "CSIDriverSpec": StorageRules.driver,
        "CSINodeSpec": StorageRules.node,
        "VolumeAttachment": StorageRules.attachment,
        "ControllerRevision": PolicyRules.revision,
        "Event": EventRules.event,
    ]
}

extension [FieldError] {
    /// What `body` reports is about the field `step`.
    package mutating func below(_ step: String, _ body: (inout [FieldError]) -> Void) {
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
