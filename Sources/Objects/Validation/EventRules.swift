/// Events of both groups (k8s.io/kubernetes, pkg/apis/core/validation/events.go). They are stored in the core form.
enum EventRules {
    @Sendable static func event(_ object: JSONObject, _ errors: inout [FieldError]) {
        let about = object.object("involvedObject").text("namespace")
        let namespace = object.object("metadata").text("namespace")
        let mismatch = FieldError.invalid(
            "involvedObject.namespace", .string(about), "does not match event.namespace")
        if object.text("eventTime").isEmpty {
            // An event about something without namespace is in none, or where old clients put it.
            if about.isEmpty ? namespace != "default" : about != namespace { errors.report(mismatch) }
        } else {
            if about.isEmpty, namespace != "default", namespace != "kube-system" { errors.report(mismatch) }
            checkReport(object, &errors)
        }
        errors.invalid("namespace", namespace, Names.dnsSubdomain(namespace))
    }

    private static func checkReport(_ object: JSONObject, _ errors: inout [FieldError]) {
        let controller = object.text("reportingComponent")
        if controller.isEmpty { errors.report(.required("reportingComponent")) }
        errors.invalid("reportingComponent", controller, Names.qualifiedName(controller))
        for field in ["reportingInstance", "action", "reason"] {
            let text = object.text(field)
            if text.isEmpty { errors.report(.required(field)) }
            if text.utf8.count > 128 { errors.report(.invalid(field, "", "can have at most 128 characters")) }
        }
        if object.text("message").utf8.count > 1024 {
            errors.report(.invalid("message", "", "can have at most 1024 characters"))
        }
    }

    // MARK: - Through events.k8s.io

    /// What that API asks of an event beyond the core rules. `event` has the names of that API; the errors have core's,
    /// but for `reportingController`.
    static func create(_ event: Object) -> [FieldError] {
        let object = EventConversion.toCore(event).json.object ?? JSONObject()
        var errors: [FieldError] = []
        Self.event(object, &errors)
        series(object, &errors)
        if object.text("eventTime").isEmpty { errors.report(.required("eventTime")) }
        let type = object.text("type")
        if type != "Normal", type != "Warning" {
            errors.report(.invalid("type", "", "has invalid value: \(type)"))
        }
        for field in ["firstTimestamp", "lastTimestamp"] where !object.text(field).isEmpty {
            errors.report(.invalid(field, "", "needs to be unset"))
        }
        if object["count"]?.integer ?? 0 != 0 { errors.report(.invalid("count", "", "needs to be unset")) }
        let source = object.object("source")
        if !source.text("component").isEmpty || !source.text("host").isEmpty {
            errors.report(.invalid("source", "", "needs to be unset"))
        }
        return errors.map(renamed)
    }

    /// Nothing but the series of an event may change there.
    static func update(_ event: Object, _ old: Object) -> [FieldError] {
        let (new, old) = (EventConversion.toCore(event), EventConversion.toCore(old))
        let object = new.json.object ?? JSONObject()
        var errors: [FieldError] = []
        Self.event(object, &errors)
        if new["series"] != old["series"] { series(object, &errors) }
        let fields = [
            "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason",
            "type", "eventTime", "action", "related", "reportingComponent", "reportingInstance",
        ]
        for field in fields where new[field] != old[field] {
            errors.report(.invalid(field, new[field] ?? .null, "field is immutable"))
        }
        return errors.map(renamed)
    }

    @Sendable private static func renamed(_ error: FieldError) -> FieldError {
        var error = error
        if error.field == "reportingComponent" { error.field = "reportingController" }
        return error
    }

    private static func series(_ object: JSONObject, _ errors: inout [FieldError]) {
        guard object["series"]?.object != nil else { return }
        let series = object.object("series")
        if series["count"]?.integer ?? 0 < 2 { errors.report(.invalid("series.count", "", "should be at least 2")) }
        if series.text("lastObservedTime").isEmpty { errors.report(.required("series.lastObservedTime")) }
    }
}
