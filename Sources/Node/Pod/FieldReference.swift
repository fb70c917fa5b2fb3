import Objects

/// `fieldRef` and `resourceFieldRef`, for variables and for downwardAPI files
/// (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/).
struct FieldReference {
    var pod: PodSpec
    var inputs: PodInputs

    func value(fieldPath path: String) throws(NodeError) -> String {
        if let key = subscripted(path, "metadata.labels") { return pod.object.labels[key] ?? "" }
        if let key = subscripted(path, "metadata.annotations") { return pod.object.annotations[key] ?? "" }
        switch path {
        case "metadata.name": return pod.name
        case "metadata.namespace": return pod.namespace
        case "metadata.uid": return pod.uid
        case "metadata.labels": return lines(pod.object.labels)
        case "metadata.annotations": return lines(pod.object.annotations)
        case "spec.nodeName": return pod.spec["nodeName"]?.string ?? ""
        case "spec.serviceAccountName": return pod.spec["serviceAccountName"]?.string ?? ""
        case "status.hostIP", "status.hostIPs": return inputs.nodeAddress
        case "status.podIP": return addresses.first ?? ""
        case "status.podIPs": return addresses.joined(separator: ",")
        default: throw NodeError(.configuration, "unsupported fieldPath: \(path)")
        }
    }

    private var addresses: [String] { pod.hostNetwork ? [inputs.nodeAddress] : inputs.addresses }

    private func subscripted(_ path: String, _ field: String) -> String? {
        guard path.hasPrefix(field + "['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(field.count + 2).dropLast(2))
    }

    private func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(Status.quoted($0.value))" }.joined(separator: "\n")
    }

    /// `limits.cpu` in units of the divisor, rounded up; without a limit, what the node can allocate.
    func value(resource reference: JSON, container: ContainerSpec) throws(NodeError) -> String {
        let path = reference["resource"]?.string ?? ""
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        let owner = reference["containerName"]?.string.flatMap { pod.container($0) } ?? container
        guard parts.count == 2, ["limits", "requests"].contains(parts[0]) else {
            throw NodeError(.configuration, "unsupported container resource: \(path)")
        }
        let fallback = parts[0] == "limits" ? inputs.node["status", "allocatable", parts[1]] : "0"
        let text = (owner.json.at("resources", parts[0], parts[1]) ?? fallback)?.string ?? "0"
        let divisor = reference["divisor"]?.string.flatMap { $0 == "0" ? nil : $0 } ?? "1"
        guard let amount = milli(text), let unit = milli(divisor), unit > 0 else {
            throw NodeError(.configuration, "\(path) of container \(owner.name): \(text) or \(divisor) is no quantity")
        }
        return String((amount + unit - 1) / unit)
    }

    /// Thousandths; quantities beyond what fits saturate.
    private func milli(_ text: String) -> Int64? { Quantity(text)?.milliValue }
}
