package import Objects

/// What the node reads of a pod: the API has validated and defaulted it, so anything missing means its default.
package struct PodSpec: Sendable, Hashable {
    package enum RestartPolicy: String, Sendable { case always = "Always", onFailure = "OnFailure", never = "Never" }

    package var object: Object

    package init(_ object: Object) { self.object = object }

    package var uid: String { object.uid }
    package var name: String { object.name }
    package var namespace: String { object.namespace }
    /// `namespace/name`, for messages.
    package var fullName: String { "\(namespace)/\(name)" }

    var spec: JSON { object["spec"] ?? .null }
    package var restartPolicy: RestartPolicy {
        spec["restartPolicy"]?.string.flatMap { RestartPolicy(rawValue: $0) } ?? .always
    }
    package var hostname: String { spec["hostname"]?.string ?? String(name.prefix(63)) }
    var subdomain: String? { spec["subdomain"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    package var hostNetwork: Bool { spec["hostNetwork"]?.bool ?? false }
    /// Seconds between SIGTERM and SIGKILL: those of the deletion, else of the spec.
    package var gracePeriod: Double {
        let asked = object["metadata", "deletionGracePeriodSeconds"]?.integer
        // As kubelet: a container always gets one second to hear of its end.
        return PodSpec.seconds(asked ?? spec["terminationGracePeriodSeconds"]?.integer ?? 30)
    }
    /// Between one second and 68 years: longer waits only lead out of what a clock can say.
    static func seconds(_ asked: Int64) -> Double { Double(min(max(1, asked), Int64(Int32.max))) }
    var activeDeadline: Double? { spec["activeDeadlineSeconds"]?.integer.map(Double.init) }
    package var initContainers: [ContainerSpec] { containers("initContainers") }
    package var containers: [ContainerSpec] { containers("containers") }
    var volumes: [JSON] { spec["volumes"]?.array ?? [] }
    var sandbox: SandboxSetup { SandboxSetup(podUID: uid, hostname: hostname, hostNetwork: hostNetwork) }

    /// Init containers with restartPolicy Always run beside the others for the pod's whole life.
    package var sidecars: [ContainerSpec] { initContainers.filter(\.isSidecar) }
    package var allContainers: [ContainerSpec] { initContainers + containers }

    package func container(_ name: String) -> ContainerSpec? { allContainers.first { $0.name == name } }

    private func containers(_ field: String) -> [ContainerSpec] { (spec[field]?.array ?? []).map(ContainerSpec.init) }
}

/// One entry of spec.containers or spec.initContainers.
package struct ContainerSpec: Sendable, Hashable {
    package var json: JSON

    package init(_ json: JSON) { self.json = json }

    package var name: String { json["name"]?.string ?? "" }
    package var image: String { json["image"]?.string ?? "" }
    var command: [String] { strings("command") }
    var args: [String] { strings("args") }
    var workingDirectory: String? { json["workingDir"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    var mounts: [JSON] { json["volumeMounts"]?.array ?? [] }
    package var isSidecar: Bool { json["restartPolicy"]?.string == "Always" }
    package var terminal: Bool { json["tty"]?.bool ?? false }
    package var stdin: Bool { json["stdin"]?.bool ?? false }
    var terminationMessagePath: String {
        json["terminationMessagePath"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "/dev/termination-log"
    }
    var logsAreTheMessage: Bool { json["terminationMessagePolicy"]?.string == "FallbackToLogsOnError" }
    var securityContext: JSON { json["securityContext"] ?? .null }

    package func probe(_ kind: ProbeKind) -> ProbeSpec? {
        json[kind.field].flatMap { $0.object == nil ? nil : ProbeSpec($0, kind: kind) }
    }

    /// `postStart` or `preStop`.
    func hook(_ name: String) -> JSON? { json.at("lifecycle", name) }

    private func strings(_ field: String) -> [String] { json[field]?.array?.compactMap(\.string) ?? [] }
}
