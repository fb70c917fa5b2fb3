package import Objects

/// Makes the pods of a set from the template of one of its revisions.
package enum PodTemplate {
    /// - Parameter template: the PodTemplateSpec of the revision named `revision`.
    package static func pod(_ set: SetSpec, template: JSON, revision: String, ordinal: Int) -> Object {
        var metadata: [JSONObject.Member] = [
            ("name", .string(set.podName(ordinal))), ("generateName", .string(set.name + "-")),
            ("namespace", .string(set.namespace)),
        ]
        for field in ["labels", "annotations", "finalizers"] {
            if let value = template.at("metadata", field), !value.isNull { metadata.append((field, value)) }
        }
        var pod = Object([
            "apiVersion": "v1", "kind": "Pod", "metadata": .object(JSONObject(metadata)),
            "spec": template["spec"] ?? [:],
        ])
        pod.setOwnerReferences([set.reference])
        PodIdentity.apply(to: &pod, set, ordinal)
        pod.setLabel(SetLabel.revision, revision)
        pod["spec", "hostname"] = .string(set.podName(ordinal))
        pod["spec", "subdomain"] = set.serviceName.isEmpty ? nil : .string(set.serviceName)
        PodIdentity.applyStorage(to: &pod, set, ordinal)
        return pod
    }
}

extension SetSpec {
    /// The reference that makes the set the controller of an object.
    package var reference: OwnerReference {
        OwnerReference(controller: object, apiVersion: "apps/v1", kind: "StatefulSet")
    }
}
