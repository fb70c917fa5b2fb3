/// Annotations of a StatefulSet by which its owner asks for more than Kubernetes does; "true" says yes.
package enum SetAnnotation {
    /// The sizes in volumeClaimTemplates may grow, and existing claims grow with them (kubernetes#68737).
    package static let growClaims = "berth.dev/grow-claims"
    /// A pod that is not ready and does not have the newest template is replaced instead of waited for
    /// (kubernetes#67250).
    package static let unstickRollout = "berth.dev/unstick-rollout"

    package static func isOn(_ annotation: String, _ set: Object) -> Bool { set.annotation(annotation) == "true" }
}
