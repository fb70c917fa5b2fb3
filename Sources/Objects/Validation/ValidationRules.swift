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
    /// Nobody reads more, and a body can have a million empty containers with ten problems each.
    package static var maximumCount: Int { 1000 }
    package var isFull: Bool { count >= Self.maximumCount }

    /// Adds a problem while there is room; the last place tells that there are more.
    package mutating func report(_ problem: FieldError) {
        if isFull { return }
        append(count == Self.maximumCount - 1 ? .unlisted : problem)
    }

    mutating func report(contentsOf problems: [FieldError]) {
        for problem in problems { report(problem) }
    }

    /// What `body` reports is about the field `step`. Nothing is looked at for which there is no room.
    package mutating func below(_ step: String, _ body: (inout [FieldError]) -> Void) {
        if isFull { return }
        var own: [FieldError] = []
        body(&own)
        own.prefix(from: 0, step)
        report(contentsOf: own)
    }

    mutating func prefix(from start: Int, _ step: String) {
        let step = step.cut(to: FieldPath.maximumLength)
        for index in start..<count {
            let field = self[index].field
            self[index].field = field.isEmpty ? step : field.hasPrefix("[") ? step + field : "\(step).\(field)"
        }
    }
}
