/// Pods and pod templates around their spec.
enum PodRules {
    /// A pod, on every write that may change its spec.
    @Sendable static func pod(_ pod: JSONObject, _ errors: inout [FieldError]) {
        let spec = pod.object("spec")
        let annotations = pod.object("metadata").object("annotations")
        errors.below("metadata.annotations") { annotationRules(annotations, spec, &$0) }
        errors.below("spec") { errors in
            PodSpecRules.check(
                spec, PodContext(isPod: true, podName: pod.object("metadata").text("name")), &errors)
            checkTokenSources(spec, &errors)
            for field in ["containers", "initContainers", "ephemeralContainers"] {
                errors.each(field, in: spec) { container, errors in
                    let image = container.text("image")
                    if image.first?.isWhitespace ?? false || image.last?.isWhitespace ?? false {
                        errors.report(
                            .invalid("image", .string(image), "must not have leading or trailing whitespace"))
                    }
                }
            }
        }
    }

    /// What only a new pod must not be.
    static func create(_ pod: Object, _ errors: inout [FieldError]) {
        let spec = pod["spec"]?.object ?? JSONObject()
        errors.below("spec") { errors in
            if !spec.list("ephemeralContainers").isEmpty {
                errors.report(.forbidden("ephemeralContainers", "cannot be set on create"))
            }
            if !spec.text("nodeName").isEmpty, !spec.list("schedulingGates").isEmpty {
                errors.report(.forbidden("nodeName", "cannot be set until all schedulingGates have been cleared"))
            }
        }
    }

    static func template(_ template: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let spec = template.object("spec")
        templateMetadata(template, &errors)
        errors.below("spec") { PodSpecRules.check(spec, context, &$0) }
        if !spec.list("ephemeralContainers").isEmpty {
            errors.report(.forbidden("spec.ephemeralContainers", "ephemeral containers not allowed in pod template"))
        }
    }

    static func templateMetadata(_ template: JSONObject, _ errors: inout [FieldError]) {
        let metadata = template.object("metadata")
        MetadataRules.labels(metadata.object("labels"), "labels", &errors)
        MetadataRules.annotations(metadata.object("annotations"), "annotations", &errors)
        errors.below("annotations") { annotationRules(metadata.object("annotations"), template.object("spec"), &$0) }
    }

    private static let seccompPod = "seccomp.security.alpha.kubernetes.io/pod"
    private static let appArmorContainer = "container.apparmor.security.beta.kubernetes.io/"

    private static func annotationRules(
        _ annotations: JSONObject, _ spec: JSONObject, _ errors: inout [FieldError]
    ) {
        if let mirror = annotations["kubernetes.io/config.mirror"], spec.text("nodeName").isEmpty {
            errors.report(
                .invalid(
                    "[kubernetes.io/config.mirror]", mirror,
                    "must set spec.nodeName if mirror pod annotation is set"))
        }
        let cost = "controller.kubernetes.io/pod-deletion-cost"
        if let value = annotations[cost]?.string, !isDeletionCost(value) {
            errors.report(.invalid("[\(cost)]", .string(value), "must be a 32bit integer"))
        }
        let profiles = annotations.members.filter { $0.key.hasPrefix(appArmorContainer) }
        if profiles.isEmpty { return }
        let containers = ["initContainers", "containers", "ephemeralContainers"].flatMap { spec.objects($0) }
        let names = Set(containers.map { $0.text("name") })
        for (key, value) in profiles {
            let name = String(key.dropFirst(appArmorContainer.count))
            if !names.contains(name) {
                errors.report(.invalid("[\(key)]", .string(name), "container not found"))
            }
            let profile = value.string ?? ""
            if !["", "runtime/default", "unconfined"].contains(profile), !profile.hasPrefix("localhost/") {
                errors.report(
                    .invalid("[\(key)]", value, "invalid AppArmor profile name: \(GoQuote.quote(profile))"))
            }
        }
    }

    /// Go's ParseInt accepts more than Kubernetes does here: no plus sign, no leading zeros.
    private static func isDeletionCost(_ text: String) -> Bool {
        if text == "0" { return true }
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        guard let first = digits.first, first != "0", digits.utf8.allSatisfy(Names.isDigit) else { return false }
        return Int32(text) != nil
    }

    private static func checkTokenSources(_ spec: JSONObject, _ errors: inout [FieldError]) {
        guard spec.text("serviceAccountName").isEmpty else { return }
        for (index, volume) in spec.objects("volumes").enumerated() {
            for (place, source) in volume.object("projected").objects("sources").enumerated()
            where source["serviceAccountToken"] != nil {
                errors.report(
                    .forbidden(
                        "volumes[\(index)].projected.sources[\(place)].serviceAccountToken",
                        "must not be specified when serviceAccountName is not set"))
            }
        }
    }
}
