extension Status {
    /// The `Status` object that the API sends, with `status: Failure`.
    package var json: JSON {
        var members: [JSONObject.Member] = [
            ("kind", "Status"), ("apiVersion", "v1"), ("metadata", metadata), ("status", "Failure"),
            ("message", .string(message)),
        ]
        if !reason.isEmpty { members.append(("reason", .string(reason))) }
        if let details { members.append(("details", details)) }
        members.append(("code", .integer(Int64(code))))
        return .object(JSONObject(members))
    }

    private var metadata: JSON {
        continueToken.isEmpty ? .object(JSONObject()) : ["continue": .string(continueToken)]
    }

    private var details: JSON? {
        var members: [JSONObject.Member] = []
        let texts = [("name", name), ("group", group), ("kind", resource), ("uid", uid)]
        for (key, text) in texts where !text.isEmpty { members.append((key, .string(text))) }
        if !causes.isEmpty { members.append(("causes", .array(causes.map(\.json)))) }
        if retryAfterSeconds > 0 { members.append(("retryAfterSeconds", .integer(Int64(retryAfterSeconds)))) }
        return members.isEmpty ? nil : .object(JSONObject(members))
    }

    /// Reads a `Status` object, as a client does; nil if the JSON is none.
    package init?(json: JSON) {
        guard json["kind"]?.string == "Status" else { return nil }
        self.init(
            code: Int(json["code"]?.integer ?? 0), reason: json["reason"]?.string ?? "",
            message: json["message"]?.string ?? "")
        continueToken = json.at("metadata", "continue")?.string ?? ""
        let details = json["details"]
        name = details?["name"]?.string ?? ""
        group = details?["group"]?.string ?? ""
        resource = details?["kind"]?.string ?? ""
        uid = details?["uid"]?.string ?? ""
        retryAfterSeconds = Int(details?["retryAfterSeconds"]?.integer ?? 0)
        causes = (details?["causes"]?.array ?? []).map { Cause(json: $0) }
    }

    /// The `Status` object of something that worked, such as a deletion.
    package static func success(_ resource: ResourceName, name: String, uid: String) -> JSON {
        var details: [JSONObject.Member] = [("name", .string(name))]
        if !resource.group.isEmpty { details.append(("group", .string(resource.group))) }
        details.append(("kind", .string(resource.resource)))
        if !uid.isEmpty { details.append(("uid", .string(uid))) }
        return .object(
            JSONObject([
                ("kind", "Status"), ("apiVersion", "v1"), ("metadata", .object(JSONObject())), ("status", "Success"),
                ("details", .object(JSONObject(details))),
            ]))
    }
}

extension Status.Cause {
    fileprivate var json: JSON {
        var members: [JSONObject.Member] = []
        for (key, text) in [("reason", reason), ("message", message), ("field", field)] where !text.isEmpty {
            members.append((key, .string(text)))
        }
        return .object(JSONObject(members))
    }

    fileprivate init(json: JSON) {
        self.init(
            reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "",
            field: json["field"]?.string ?? "")
    }
}
