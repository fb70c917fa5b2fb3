enum ContainerDefaults {
    @Sendable static func container(_ slots: inout FieldSlots) {
        if slots.isUnset("imagePullPolicy") {
            slots["imagePullPolicy"] = .string(pullPolicy(image: slots["image"]?.string ?? ""))
        }
    }

    /// `Always` for the tag `latest`, whether it is written or implied.
    static func pullPolicy(image: String) -> String {
        guard isReference(image) else { return "IfNotPresent" }
        if image.contains("@") {
            let name = image.split(separator: "@", maxSplits: 1).first ?? ""
            return tag(name) == "latest" ? "Always" : "IfNotPresent"
        }
        let tag = tag(Substring(image))
        return tag == nil || tag == "latest" ? "Always" : "IfNotPresent"
    }

    /// Upstream finds no tag in what is no reference: a path has small letters only, its parts are not empty.
    private static func isReference(_ image: String) -> Bool {
        let name = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, let first = parts.first,
            first.contains(where: { $0 == "." || $0 == ":" || $0.isUppercase })
                || first == "localhost"
        {
            parts.removeFirst()
        }
        guard let last = parts.popLast() else { return false }
        let tagged = last.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard tagged.count == 1 || !tagged[1].isEmpty else { return false }
        return (parts + tagged.prefix(1)).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { Names.isLowerOrDigit($0) || "-_.".utf8.contains($0) }
        }
    }

    /// What stands after the colon of the last path component; a colon before it belongs to a port.
    private static func tag(_ image: Substring) -> Substring? {
        let component = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let colon = component.lastIndex(of: ":") else { return nil }
        return component[component.index(after: colon)...]
    }
}

enum VolumeDefaults {
    @Sendable static func volume(_ slots: inout FieldSlots) {
        let sources = slots.type.fields.indices.filter { slots.type.fields[$0].wrapper > 0 }
        if sources.allSatisfy({ slots.values[$0] == nil }) { slots["emptyDir"] = .object(JSONObject()) }
        if var image = slots["image"], image["pullPolicy"]?.string ?? "" == "" {
            image["pullPolicy"] = .string(ContainerDefaults.pullPolicy(image: image["reference"]?.string ?? ""))
            slots["image"] = image.normalized(as: "ImageVolumeSource")
        }
    }
}

/// Resource lists are kept in thousandths at the finest.
enum ResourceDefaults {
    @Sendable static func limitsAndRequests(_ slots: inout FieldSlots) {
        round("limits", &slots)
        round("requests", &slots)
    }

    @Sendable static func capacity(_ slots: inout FieldSlots) { round("capacity", &slots) }

    @Sendable static func node(_ slots: inout FieldSlots) {
        round("capacity", &slots)
        if slots["allocatable"] == nil { slots["allocatable"] = slots["capacity"] }
        round("allocatable", &slots)
    }

    private static func round(_ field: String, _ slots: inout FieldSlots) {
        guard let list = slots[field]?.object else { return }
        guard list.members.contains(where: { isFiner($0.value) }) else { return }
        slots[field] = .object(JSONObject(list.members.map { ($0.key, rounded($0.value)) }))
    }

    /// Only these suffixes can be below a thousandth.
    private static func isFiner(_ value: JSON) -> Bool {
        guard let last = value.string?.utf8.last else { return false }
        return last == UInt8(ascii: "n") || last == UInt8(ascii: "u")
            || value.string.map { $0.utf8.contains(UInt8(ascii: "e")) } ?? false
    }

    private static func rounded(_ value: JSON) -> JSON {
        guard let quantity = value.string.flatMap({ Quantity($0) }) else { return value }
        return .string(quantity.roundedToMillis.description)
    }
}
