package import Objects

/// One entry of metadata.ownerReferences.
package struct OwnerReference: Sendable, Hashable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var isController: Bool
    package var blocksOwnerDeletion: Bool

    /// A controller's reference, as `metav1.NewControllerRef` makes it.
    package init(controller owner: Object, apiVersion: String, kind: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        name = owner.name
        uid = owner.uid
        isController = true
        blocksOwnerDeletion = true
    }

    package init(_ json: JSON) {
        apiVersion = json["apiVersion"]?.string ?? ""
        kind = json["kind"]?.string ?? ""
        name = json["name"]?.string ?? ""
        uid = json["uid"]?.string ?? ""
        isController = json["controller"]?.bool ?? false
        blocksOwnerDeletion = json["blockOwnerDeletion"]?.bool ?? false
    }

    package var json: JSON {
        var members: [JSONObject.Member] = [
            ("apiVersion", .string(apiVersion)), ("kind", .string(kind)), ("name", .string(name)),
            ("uid", .string(uid)),
        ]
        if isController { members.append(("controller", true)) }
        if blocksOwnerDeletion { members.append(("blockOwnerDeletion", true)) }
        return .object(JSONObject(members))
    }

    /// The same kind and name, whatever the UID: a namesake may be an earlier life of the same owner.
    package func names(_ owner: OwnerReference) -> Bool {
        apiVersion == owner.apiVersion && kind == owner.kind && name == owner.name
    }
}

extension Object {
    package var ownerReferences: [OwnerReference] {
        (json.at("metadata", "ownerReferences")?.array ?? []).map(OwnerReference.init)
    }

    /// The one owner that says `controller: true`.
    package var controllerReference: OwnerReference? { ownerReferences.first(where: \.isController) }

    package mutating func setOwnerReferences(_ references: [OwnerReference]) {
        json.set(["metadata", "ownerReferences"], references.isEmpty ? nil : .array(references.map(\.json)))
    }
}
