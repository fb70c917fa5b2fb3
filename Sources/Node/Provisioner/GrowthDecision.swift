package import Objects

/// What to do about a claim that asks for more than it has
/// (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims). A directory
/// grows while it is in use, so there is no part that waits for a mount.
package enum GrowthDecision: Sendable, Hashable {
    case nothing
    case refuse(String)
    /// `size` as the claim writes it.
    case grow(directory: String, size: String, bytes: UInt64)
}

extension ProvisionPolicy {
    /// Whether the claim asks for more than it has; its volume says the rest.
    package func wantsToGrow(_ claim: Object) -> Bool {
        guard claim["status", "phase"]?.string == "Bound", !claim.isBeingDeleted,
            let wanted = Quantity(claim["spec", "resources", "requests", "storage"]),
            let present = Quantity(claim["status", "capacity", "storage"])
        else { return false }
        return wanted > present
    }

    package func decide(growthOf claim: Object, _ volume: Object) -> GrowthDecision {
        guard wantsToGrow(claim), isOurs(volume), volume["spec", "claimRef", "uid"]?.string == claim.uid,
            let size = claim["spec", "resources", "requests", "storage"], let quantity = Quantity(size)
        else { return .nothing }
        guard let directory = directory(of: volume) else {
            return .refuse("the volume \(volume.name) is not where berth/local would have made it")
        }
        return .grow(directory: directory, size: quantity.description, bytes: UInt64(max(quantity.value, 0)))
    }

    // MARK: The claim's status, as upstream's external-resizer writes it

    package static func resizing(_ claim: Object, to size: String, now: String) -> Object {
        var claim = claim
        claim["status", "allocatedResources", "storage"] = .string(size)
        claim["status", "allocatedResourceStatuses", "storage"] = "ControllerResizeInProgress"
        var conditions = claim["status", "conditions"]?.array ?? []
        if !conditions.contains(where: { $0["type"] == "Resizing" }) {
            conditions.append([
                "type": "Resizing", "status": "True", "lastProbeTime": nil, "lastTransitionTime": .string(now),
            ])
        }
        claim["status", "conditions"] = .array(conditions)
        return claim
    }

    package static func resized(_ claim: Object, to size: String) -> Object {
        var claim = claim
        claim["status", "capacity", "storage"] = .string(size)
        claim["status", "allocatedResources", "storage"] = .string(size)
        var statuses = claim["status", "allocatedResourceStatuses"]?.object ?? JSONObject()
        statuses["storage"] = nil
        claim["status", "allocatedResourceStatuses"] = statuses.isEmpty ? nil : .object(statuses)
        let over: Set = ["Resizing", "FileSystemResizePending", "ControllerResizeError", "NodeResizeError"]
        let conditions = (claim["status", "conditions"]?.array ?? []).filter {
            !over.contains($0["type"]?.string ?? "")
        }
        claim["status", "conditions"] = conditions.isEmpty ? nil : .array(conditions)
        return claim
    }
}
