package import Objects

/// Writes core/v1 Events for users to read. Never fails and never delays its caller.
package struct EventRecorder: Sendable {
    package enum EventType: String, Sendable, Hashable {
        case normal = "Normal"
        case warning = "Warning"
    }

    private let registry: Registry

    package init(_ registry: Registry) { self.registry = registry }

    /// `about` must have name, kind, apiVersion; the Event is in its namespace, or in `default`.
    package func record(about: Object, type: EventType, reason: String, message: String, component: String) {
        let now = registry.options.clock()
        let namespace = about.namespace.isEmpty ? "default" : about.namespace
        let event = EventRecorder.event(
            about: about, namespace: namespace, type: type, reason: reason, message: message, component: component,
            now: now)
        let registry = registry
        Task {
            // An Event that cannot be written is not worth an error to anybody.
            _ = try? await registry.create(
                event, .events, namespace: namespace, by: .controller(component))
        }
    }

    private static func event(
        about: Object, namespace: String, type: EventType, reason: String, message: String, component: String,
        now: Timestamp
    ) -> Object {
        let nanoseconds = UInt64(bitPattern: now.seconds &* 1_000_000_000 &+ Int64(now.nanos))
        return Object([
            "kind": "Event", "apiVersion": "v1",
            "metadata": [
                "name": .string("\(about.name).\(String(nanoseconds, radix: 16))"), "namespace": .string(namespace),
            ],
            "involvedObject": reference(to: about), "reason": .string(reason), "message": .string(message),
            "source": ["component": .string(component)],
            "firstTimestamp": .string(now.rfc3339), "lastTimestamp": .string(now.rfc3339), "count": 1,
            "type": .string(type.rawValue), "eventTime": nil,
            "reportingComponent": .string(component), "reportingInstance": "",
        ])
    }

    private static func reference(to object: Object) -> JSON {
        var reference: JSON = ["kind": .string(object.kind)]
        if !object.namespace.isEmpty { reference["namespace"] = .string(object.namespace) }
        reference["name"] = .string(object.name)
        if !object.uid.isEmpty { reference["uid"] = .string(object.uid) }
        reference["apiVersion"] = .string(object.apiVersion)
        if !object.resourceVersion.isEmpty { reference["resourceVersion"] = .string(object.resourceVersion) }
        return reference
    }
}
