import Objects

extension Registry {
    /// What the node of a pod has to say about its resize (k8s.io/kubernetes, plugin/pkg/admission/nodedeclaredfeatures and
    /// podresize): it must be there, know how, and have the room.
    func admitPodResize(_ new: Object, _ old: Object) throws(Status) {
        let name = new["spec", "nodeName"]?.string ?? ""
        guard !name.isEmpty, new.generation != old.generation else { return }
        guard let node = try find(ObjectKey(.nodes, name: name)) else {
            throw .forbidden(.pods, new.name, "node \(Status.quoted(name)) not found")
        }
        let declared = Set((node["status", "declaredFeatures"]?.array ?? []).compactMap(\.string))
        let missing = Self.features(new, old).filter { !declared.contains($0) }
        if !missing.isEmpty {
            throw .forbidden(
                .pods, new.name,
                "pod update requires features \(missing.joined(separator: ", ")) which are not available on node "
                    + Status.quoted(name))
        }
        if let system = node.label("kubernetes.io/os"), system != "linux" {
            throw Self.refusal(
                new, "UnsupportedPlatform",
                "pod resize is only supported on linux nodes, node \(Status.quoted(name)) is \(Status.quoted(system))")
        }
        let short = ["cpu", "memory"].compactMap { Self.shortage($0, new, node) }
        if !short.isEmpty {
            throw Self.refusal(
                new, "NodeCapacity",
                "node didn't have enough allocatable resources: \(short.joined(separator: "; "))")
        }
    }

    private static func features(_ new: Object, _ old: Object) -> [String] {
        func initContainers(_ pod: Object) -> [JSON] { pod["spec", "initContainers"]?.array ?? [] }
        let isInitChanged = zip(initContainers(new), initContainers(old)).contains {
            $1["restartPolicy"] != "Always" && $0["resources"] != $1["resources"]
        }
        return [
            new["spec", "resources"] == old["spec", "resources"] ? nil : "InPlacePodLevelResourcesVerticalScaling",
            isInitChanged ? "InPlacePodVerticalScalingInitContainers" : nil,
        ].compactMap { $0 }
    }

    /// Processors in thousandths, memory in bytes.
    private static func shortage(_ resource: String, _ pod: Object, _ node: Object) -> String? {
        func amount(_ value: JSON?) -> Quantity { value.flatMap { Quantity(json: $0) } ?? Quantity(0) }
        let ofPod = pod["spec", "resources", "requests", resource].flatMap { Quantity(json: $0) }
        let ofContainers = PodDefaults.containerRequests(resource, pod["spec"] ?? .null)
        let wanted = (ofPod ?? ofContainers ?? Quantity(0)) + amount(pod["spec", "overhead", resource])
        let there = amount(node["status", "allocatable", resource])
        guard wanted > there else { return nil }
        let (asked, allocatable) =
            resource == "cpu" ? (wanted.milliValue, there.milliValue) : (wanted.value, there.value)
        return "\(resource), requested: \(asked), allocatable: \(allocatable)"
    }

    private static func refusal(_ pod: Object, _ reason: String, _ why: String) -> Status {
        var status = Status.forbidden(.pods, pod.name, why)
        status.causes = [Status.Cause(reason: reason, message: "", field: "")]
        return status
    }
}
