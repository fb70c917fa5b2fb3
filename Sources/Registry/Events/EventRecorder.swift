package import Objects

/// Writes core/v1 Events for users to read. Never fails and never delays its caller; Events of one recorder are written
/// in the order in which they were recorded.
package struct EventRecorder: Sendable {
    package enum EventType: String, Sendable, Hashable {
        case normal = "Normal"
        case warning = "Warning"
    }

    private let registry: Registry
    private let writer: EventWriter

    package init(_ registry: Registry) {
        self.registry = registry
        writer = EventWriter(registry)
    }

    /// `about` must have name, kind and apiVersion; the Event is in its namespace, or in `default`.
    package func record(about: Object, type: EventType, reason: String, message: String, component: String) {
        writer.enqueue(
            EventNote(
                about: ObjectReference(about), type: type.rawValue, reason: reason, message: message,
                component: component, time: registry.options.clock()))
    }

    /// Returns when everything recorded so far is written.
    package func flush() async { await writer.flush() }
}

/// What an Event is about.
struct ObjectReference: Sendable, Hashable {
    var kind: String
    var namespace: String
    var name: String
    var uid: String
    var apiVersion: String
    var resourceVersion: String

    init(_ object: Object) {
        kind = object.kind
        namespace = object.namespace
        name = object.name
        uid = object.uid
        apiVersion = object.apiVersion
        resourceVersion = object.resourceVersion
    }

    var json: JSON {
        var json: JSON = ["kind": .string(kind)]
        let fields = [
            ("namespace", namespace), ("name", name), ("uid", uid), ("apiVersion", apiVersion),
            ("resourceVersion", resourceVersion),
        ]
        for (field, text) in fields where !text.isEmpty { json[field] = .string(text) }
        return json
    }
}

/// One thing that happened.
struct EventNote: Sendable {
    var about: ObjectReference
    var type: String
    var reason: String
    var message: String
    var component: String
    var time: Timestamp

    /// Events of cluster-scoped objects are in `default`.
    var namespace: String { about.namespace.isEmpty ? "default" : about.namespace }

    func event() -> Object {
        // Upstream names an Event after its object and the nanosecond, so that names do not collide.
        let nanoseconds = UInt64(bitPattern: time.seconds &* 1_000_000_000 &+ Int64(time.nanos))
        return Object([
            "kind": "Event", "apiVersion": "v1",
            "metadata": [
                "name": .string("\(about.name).\(String(nanoseconds, radix: 16))"), "namespace": .string(namespace),
            ],
            "involvedObject": about.json, "reason": .string(reason), "message": .string(message),
            "source": ["component": .string(component)],
            "firstTimestamp": .string(time.rfc3339), "lastTimestamp": .string(time.rfc3339), "count": 1,
            "type": .string(type), "eventTime": nil,
            "reportingComponent": .string(component), "reportingInstance": "",
        ])
    }
}
