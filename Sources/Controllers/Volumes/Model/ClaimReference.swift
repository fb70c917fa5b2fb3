package import Objects

/// Namespace and name of a claim.
package struct ClaimKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (left: ClaimKey, right: ClaimKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// `spec.claimRef` of a volume. An empty UID means that a user reserved the volume for whatever claim has this name.
package struct ClaimReference: Hashable, Sendable {
    package var key: ClaimKey
    package var uid: String

    package init?(_ json: JSON?) {
        guard let json, !json.isNull else { return nil }
        key = ClaimKey(namespace: json["namespace"]?.string ?? "", name: json["name"]?.string ?? "")
        uid = json["uid"]?.string ?? ""
    }
}
