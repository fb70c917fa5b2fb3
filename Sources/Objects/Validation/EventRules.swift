/// Events of both groups (k8s.io/kubernetes, pkg/apis/core/validation/events.go). They are stored in the core form.
enum EventRules {
    @Sendable static func event(_ object: JSONObject, _ errors: inout [FieldError]) {
        let about = object.object("involvedObject").text("namespace")
        let namespace = object.object("metadata").text("namespace")
        let mismatch = FieldError.invalid(
            "involvedObject.namespace", .string(about), "does not match event.namespace")
        if object.text("eventTime").isEmpty {
            // An event about something without namespace is in none, or where old clients put it.
            if about.isEmpty ? namespace != "default" : about != namespace { errors.append(mismatch) }
        } else {
            if about.isEmpty, namespace != "default", namespace != "kube-system" { errors.append(mismatch) }
            checkReport(object, &errors)
        }
        errors.invalid("namespace", namespace, Names.dnsSubdomain(namespace))
    }

    private static func checkReport(_ object: JSONObject, _ errors: inout [FieldError]) {
        let controller = object.text("reportingComponent")
        if controller.isEmpty { errors.append(.required("reportingComponent")) }
        errors.invalid("reportingComponent", controller, Names.qualifiedName(controller))
        for field in ["reportingInstance", "action", "reason"] {
            let text = object.text(field)
            if text.isEmpty { errors.append(.required(field)) }
            if text.utf8.count > 128 { errors.append(.invalid(field, "", "can have at most 128 characters")) }
        }
        if object.text("message").utf8.count > 1024 {
            errors.append(.invalid("message", "", "can have at most 1024 characters"))
        }
    }
}
