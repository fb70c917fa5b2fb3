package import Objects

/// Stored bytes to objects and back.
///
/// Stored is what kube-apiserver with JSON storage writes: kind, apiVersion and metadata first, no resourceVersion (it
/// is the mod revision of the key).
package enum ObjectCoding {
    /// Fills `metadata.resourceVersion` in.
    package static func decode(_ bytes: [UInt8], revision: Int64) throws(Status) -> Object {
        do {
            var object = Object(try JSONParser.parse(bytes))
            object.resourceVersion = String(revision)
            return object
        } catch {
            throw .internalError("a stored object could not be decoded: \(error)")
        }
    }

    package static func encode(_ object: Object) -> [UInt8] {
        let isEvent = object.apiVersion == "events.k8s.io/v1" && object.kind == "Event"
        return JSONEncoder.encode(canonical(isEvent ? EventConversion.toCore(object) : object).json)
    }

    /// Member order of kube-apiserver's encoding, without resourceVersion.
    package static func canonical(_ object: Object) -> Object {
        guard let members = object.json.object else { return object }
        var metadata = members["metadata"]?.object ?? JSONObject()
        metadata["resourceVersion"] = nil
        let first = ["kind", "apiVersion", "metadata"]
        var ordered: [JSONObject.Member] = []
        ordered.append(("kind", .string(object.kind)))
        ordered.append(("apiVersion", .string(object.apiVersion)))
        ordered.append(("metadata", .object(ordered: metadata, by: metadataOrder)))
        ordered += members.members.filter { !first.contains($0.key) }
        return Object(.object(JSONObject(ordered)))
    }

    private static let metadataOrder = [
        "name", "generateName", "namespace", "uid", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ]
}

extension JSON {
    fileprivate static func object(ordered members: JSONObject, by keys: [String]) -> JSON {
        let known = keys.compactMap { key in members[key].map { (key: key, value: $0) } }
        return .object(JSONObject(known + members.members.filter { !keys.contains($0.key) }))
    }
}
