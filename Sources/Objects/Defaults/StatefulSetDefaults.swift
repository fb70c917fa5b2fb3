enum StatefulSetDefaults {
    /// Claim templates say what they are, so that tools that read objects generically understand them.
    @Sendable static func spec(_ slots: inout FieldSlots) {
        guard let templates = slots["volumeClaimTemplates"]?.array, !templates.isEmpty else { return }
        slots["volumeClaimTemplates"] = .array(
            templates.map { template in
                var template = template
                template["kind"] = "PersistentVolumeClaim"
                template["apiVersion"] = "v1"
                return template.normalized(as: "PersistentVolumeClaim")
            })
    }

    @Sendable static func updateStrategy(_ slots: inout FieldSlots) {
        if slots.isUnset("type") {
            slots["type"] = "RollingUpdate"
            if slots["rollingUpdate"] == nil { slots["rollingUpdate"] = .object(JSONObject()) }
        }
        if slots["type"]?.string == "RollingUpdate", var rolling = slots["rollingUpdate"], rolling["partition"] == nil {
            rolling["partition"] = 0
            slots["rollingUpdate"] = rolling.normalized(as: "RollingUpdateStatefulSetStrategy")
        }
    }
}
