package import Objects
internal import Registry

extension Object {
    /// An entry of status.conditions.
    package func condition(_ type: String) -> JSON? {
        self["status", "conditions"]?.array?.first { $0["type"]?.string == type }
    }

    /// Puts a condition in or replaces the one of its type; its transition time moves with its status only.
    package mutating func setCondition(
        _ type: String, status: String, reason: String = "", message: String = "", now: Timestamp
    ) {
        var conditions = self["status", "conditions"]?.array ?? []
        let index = conditions.firstIndex { $0["type"]?.string == type }
        let old = index.map { conditions[$0] }
        var new: JSON = ["type": .string(type), "status": .string(status), "lastProbeTime": nil]
        let since = old?["status"]?.string == status ? old?["lastTransitionTime"] : nil
        new["lastTransitionTime"] = since ?? .string(now.rfc3339)
        if !reason.isEmpty { new["reason"] = .string(reason) }
        if !message.isEmpty { new["message"] = .string(message) }
        if let observed = old?["observedGeneration"] { new["observedGeneration"] = observed }
        if let index { conditions[index] = new } else { conditions.append(new) }
        self["status", "conditions"] = .array(conditions)
    }
}
