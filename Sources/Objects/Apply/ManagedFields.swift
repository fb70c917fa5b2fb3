/// Who owns which fields: the decoded form of `metadata.managedFields`.
struct ManagedFields: Hashable {
    /// Two entries of one manager are different owners if they differ in any of these.
    struct Owner: Hashable {
        var manager: String
        var operation: String
        /// Appliers are one owner whatever version they use.
        var apiVersion: String
        var subresource: String

        /// As messages about conflicts show it; the time is no part of who somebody is.
        var shown: String {
            var text = GoQuote.quote(manager)
            if !subresource.isEmpty { text += " with subresource \(GoQuote.quote(subresource))" }
            if operation == "Update" { text += " using \(apiVersion)" }
            return text
        }
    }

    struct Entry: Hashable {
        var set: FieldSet
        var apiVersion: String
        var time: String?
    }

    var entries: [Owner: Entry] = [:]

    /// Entries that cannot be read are forgotten together, as upstream does.
    init(_ json: JSON?) {
        for item in json?.array ?? [] {
            guard let operation = item["operation"]?.string, ["Apply", "Update"].contains(operation),
                let version = item["apiVersion"]?.string, item["fieldsType"]?.string == "FieldsV1",
                let set = FieldSet(json: item["fieldsV1"] ?? .object(JSONObject()))
            else {
                entries = [:]
                return
            }
            let owner = Owner(
                manager: item["manager"]?.string ?? "", operation: operation,
                apiVersion: operation == "Apply" ? "" : version, subresource: item["subresource"]?.string ?? "")
            entries[owner] = Entry(set: set, apiVersion: version, time: item["time"]?.string)
        }
    }

    /// nil if nobody owns anything.
    var json: JSON? {
        let sorted = entries.sorted { left, right in
            let (first, second) = (left.key, right.key)
            if first.operation != second.operation { return first.operation < second.operation }
            if left.value.time != right.value.time { return left.value.time ?? "" < right.value.time ?? "" }
            if first.manager != second.manager { return first.manager < second.manager }
            if left.value.apiVersion != right.value.apiVersion { return left.value.apiVersion < right.value.apiVersion }
            return first.subresource < second.subresource
        }
        return sorted.isEmpty ? nil : .array(sorted.map { Self.json($0.key, $0.value) })
    }

    private static func json(_ owner: Owner, _ entry: Entry) -> JSON {
        var members: [JSONObject.Member] = [
            ("manager", .string(owner.manager)), ("operation", .string(owner.operation)),
            ("apiVersion", .string(entry.apiVersion)),
        ]
        if let time = entry.time { members.append(("time", .string(time))) }
        members.append(("fieldsType", "FieldsV1"))
        members.append(("fieldsV1", entry.set.json))
        if !owner.subresource.isEmpty { members.append(("subresource", .string(owner.subresource))) }
        return .object(JSONObject(members))
    }

    /// More than ten updaters are too many: the oldest of one version become one.
    mutating func capUpdaters(at maximum: Int = 10) {
        let updaters = entries.filter { $0.key.operation == "Update" && $0.key.subresource.isEmpty }
            .sorted { ($0.value.time ?? "", $0.key.manager) < ($1.value.time ?? "", $1.key.manager) }
        var excess = updaters.count - maximum
        for (owner, entry) in updaters where excess > 0 && owner.manager != "ancient-changes" {
            let heir = Owner(
                manager: "ancient-changes", operation: "Update", apiVersion: entry.apiVersion, subresource: "")
            if entries[heir] != nil { excess -= 1 }
            let set = entries[heir].map { $0.set.union(entry.set) } ?? entry.set
            entries[owner] = nil
            entries[heir] = Entry(set: set, apiVersion: entry.apiVersion, time: entry.time)
        }
    }
}

extension JSON {
    /// An empty list of managedFields means that all owners shall be forgotten. The canonical form has no empty lists,
    /// so it becomes the other form of the same wish: a list of one empty entry.
    package var withFieldOwnersReset: JSON {
        guard at("metadata", "managedFields")?.array?.isEmpty == true else { return self }
        var json = self
        json.set(["metadata", "managedFields"], .array([.object(JSONObject())]))
        return json
    }
}
