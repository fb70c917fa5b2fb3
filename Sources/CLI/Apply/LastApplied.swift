import Objects

/// The annotation in which client-side apply keeps the manifest that it applied last; kubectl's, so that both tools can
/// take turns.
enum LastApplied {
    static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// The manifest as the annotation holds it: without the annotation itself, keys sorted, with a line feed.
    static func text(of manifest: Object) -> String {
        var object = manifest
        object.setAnnotation(annotation, nil)
        if object["metadata", "annotations"] == nil { object["metadata", "annotations"] = .object(JSONObject()) }
        return PrettyJSON.compact(object.json) + "\n"
    }

    /// The manifest with the annotation: what is sent.
    static func annotated(_ manifest: Object) -> Object {
        var object = manifest
        object.setAnnotation(annotation, text(of: manifest))
        return object
    }

    /// What was applied last; nil if the object was made in another way.
    static func read(_ object: Object) -> JSON? {
        object.annotation(annotation).flatMap { try? JSONParser.parse($0) }
    }
}
