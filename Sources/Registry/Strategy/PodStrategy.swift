import Objects

extension Strategy {
    static let pod = Strategy(
        hasGeneration: true, isGraceful: true,
        initialStatus: { pod, now in
            var status: JSON = ["phase": "Pending", "qosClass": .string(QualityOfService.of(pod).rawValue)]
            if pod["spec", "schedulingGates"]?.array?.isEmpty == false {
                status["conditions"] = [schedulingGated(now)]
            }
            return status
        },
        prepareCreate: { pod, _ in
            DisabledFields.drop(&pod, nil, ["spec"])
            MatchLabelKeys.merge(into: &pod)
            // What is less than nothing is as short as can be.
            if pod["spec", "terminationGracePeriodSeconds"]?.integer ?? 0 < 0 {
                pod["spec", "terminationGracePeriodSeconds"] = 1
            }
        },
        prepareUpdate: { pod, old, _ in DisabledFields.drop(&pod, old, ["spec"]) },
        prepareStatus: { pod, old, _ in
            pod["metadata", "deletionTimestamp"] = old["metadata", "deletionTimestamp"]
            pod["metadata", "ownerReferences"] = old["metadata", "ownerReferences"]
            if pod["status", "qosClass"]?.string ?? "" == "" { pod["status", "qosClass"] = old["status", "qosClass"] }
            if pod["status", "observedGeneration"] == nil {
                pod["status", "observedGeneration"] = old["status", "observedGeneration"]
            }
        },
        counted: { pod in
            // Being assigned to a node is no change of what the pod shall be.
            var spec = pod["spec"]
            spec?["nodeName"] = nil
            return spec
        })

    private static func schedulingGated(_ now: Timestamp) -> JSON {
        [
            "type": "PodScheduled", "status": "False", "lastProbeTime": nil,
            "lastTransitionTime": .string(now.rfc3339), "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
        ]
    }
}

/// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
enum QualityOfService: String, Sendable, Hashable {
    case guaranteed = "Guaranteed"
    case burstable = "Burstable"
    case bestEffort = "BestEffort"

    /// Looks at cpu and memory of all containers and init containers; amounts of zero do not count.
    static func of(_ pod: Object) -> QualityOfService {
        let containers = ["containers", "initContainers"].flatMap { pod.json.at("spec", $0)?.array ?? [] }
        let podLevel = pod["spec", "resources"].map { [$0] } ?? []
        let resources = podLevel.isEmpty ? containers.map { $0["resources"] ?? .null } : podLevel
        var any = false
        var guaranteed = !resources.isEmpty
        for one in resources {
            for name in ["cpu", "memory"] {
                let request = amount(one.at("requests", name))
                let limit = amount(one.at("limits", name))
                if request != nil || limit != nil { any = true }
                if limit == nil || request != limit { guaranteed = false }
            }
        }
        return !any ? .bestEffort : guaranteed ? .guaranteed : .burstable
    }

    private static func amount(_ value: JSON?) -> Quantity? {
        guard let amount = value.flatMap({ Quantity(json: $0) }), !amount.isZero else { return nil }
        return amount
    }
}

extension Quantity {
    /// A quantity as objects have it: a string, or (not canonical) a number.
    init?(json: JSON) {
        guard let text = json.string ?? json.integer.map({ String($0) }) else { return nil }
        self.init(text)
    }
}
