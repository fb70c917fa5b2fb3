import Objects

extension TablePrinter {
    static let statefulSets = TablePrinter(columns: [
        .name("Name"), .name("Ready"), .name("Age"), .wide("Containers"), .wide("Images"),
    ]) { set, now in
        let containers = set["spec", "template", "spec", "containers"]?.array ?? []
        let ready = set["status", "readyReplicas"]?.integer ?? 0
        return [
            .string(set.name), .string("\(ready)/\(set["spec", "replicas"]?.integer ?? 0)"), set.age(now),
            .string(containers.compactMap { $0["name"]?.string }.joined(separator: ",")),
            .string(containers.compactMap { $0["image"]?.string }.joined(separator: ",")),
        ]
    }

    static let controllerRevisions = TablePrinter(columns: [
        .name("Name"), .name("Controller"), .name("Revision"), .name("Age"),
    ]) { revision, now in
        let owner = (revision["metadata", "ownerReferences"]?.array ?? []).first { $0["controller"]?.bool == true }
        return [
            .string(revision.name), .string(owner.map(controllerName) ?? "<none>"), revision["revision"] ?? 0,
            revision.age(now),
        ]
    }

    /// `statefulset.apps/web`
    private static func controllerName(_ owner: JSON) -> String {
        let parts = (owner["apiVersion"]?.string ?? "").split(separator: "/")
        let group = parts.count == 2 ? ".\(parts[0])" : ""
        return "\((owner["kind"]?.string ?? "").lowercased())\(group)/\(owner["name"]?.string ?? "")"
    }

    static let podDisruptionBudgets = TablePrinter(columns: [
        .name("Name"), .name("Min Available"), .name("Max Unavailable"),
        Column(name: "Allowed Disruptions", kind: .integer), .name("Age"),
    ]) { budget, now in
        func text(_ field: String) -> JSON {
            switch budget["spec", field] {
            case .integer(let count)?: .string("\(count)")
            case .string(let percentage)?: .string(percentage)
            default: "N/A"
            }
        }
        return [
            .string(budget.name), text("minAvailable"), text("maxUnavailable"),
            budget["status", "disruptionsAllowed"] ?? 0, budget.age(now),
        ]
    }

    static let leases = TablePrinter(columns: [.name("Name"), .name("Holder"), .name("Age")]) { lease, now in
        [.string(lease.name), lease.cell("spec", "holderIdentity"), lease.age(now)]
    }

    static let events = TablePrinter(columns: [
        .name("Last Seen"), .name("Type"), .name("Reason"), .name("Object"), .wide("Subobject"), .wide("Source"),
        .name("Message"), .wide("First Seen"), .wide("Count"), .wide("Name"),
    ]) { event, now in
        func text(_ names: String...) -> String {
            for name in names { if let text = event[name]?.string, !text.isEmpty { return text } }
            return ""
        }
        let about = event["involvedObject"] ?? event["regarding"]
        let kind = (about?["kind"]?.string ?? "").lowercased()
        let name = about?["name"]?.string ?? ""
        let first = text("firstTimestamp", "deprecatedFirstTimestamp", "eventTime")
        let last = text("lastTimestamp", "deprecatedLastTimestamp")
        let series = event["series"]
        let seen = series?["lastObservedTime"]?.string ?? (last.isEmpty ? first : last)
        let count = series?["count"]?.integer ?? event["count"]?.integer ?? event["deprecatedCount"]?.integer ?? 1
        return [
            .string(Age.since(seen, now)), .string(text("type")), .string(text("reason")),
            .string(name.isEmpty ? kind : "\(kind)/\(name)"), .string(about?["fieldPath"]?.string ?? ""),
            .string(eventSource(event)), .string(text("message", "note").trimmedOfSpace),
            .string(Age.since(first, now)),
            .integer(max(count, 1)), .string(event.name),
        ]
    }

    private static func eventSource(_ event: Object) -> String {
        let source = event["source"] ?? event["deprecatedSource"]
        let component =
            source?["component"]?.string ?? event["reportingComponent"]?.string
            ?? event["reportingController"]?.string ?? ""
        let host = source?["host"]?.string ?? event["reportingInstance"]?.string ?? ""
        return [component, host].filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
