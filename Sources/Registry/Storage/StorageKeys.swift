package import Objects
import Store

/// Where things are in the store: kube-apiserver's layout below `/registry/`, ours below `/berth/`.
package enum StorageKeys {
    package static func object(_ kind: KindSchema, namespace: String, name: String) -> [UInt8] {
        prefix(kind, namespace: kind.namespaced ? namespace : nil) + Array(name.utf8)
    }

    /// Everything of a kind, or what of it is in one namespace.
    package static func prefix(_ kind: KindSchema, namespace: String?) -> [UInt8] {
        var text = "/registry/\(kind.storagePath)/"
        if kind.namespaced, let namespace, !namespace.isEmpty { text += "\(namespace)/" }
        return Array(text.utf8)
    }

    /// Which claim has the volume with this UID. Created once, in the transaction that completes a binding.
    package static func bindingOfVolume(uid: String) -> [UInt8] { Array("/berth/binding/volume/\(uid)".utf8) }
    /// Which volume the claim with this UID has.
    package static func bindingOfClaim(uid: String) -> [UInt8] { Array("/berth/binding/claim/\(uid)".utf8) }

    /// Who has a cluster IP.
    package static func clusterIP(_ address: String) -> [UInt8] { Array("/berth/clusterip/\(address)".utf8) }

    /// Who has a node port.
    package static func nodePort(_ port: Int64) -> [UInt8] { Array("/berth/nodeport/\(port)".utf8) }

    /// Namespace and name of a stored object's key; nil if it is not one of `kind`.
    package static func names(_ key: some Collection<UInt8>, _ kind: KindSchema) -> (namespace: String, name: String)? {
        let start = prefix(kind, namespace: nil)
        guard key.starts(with: start) else { return nil }
        let rest = String(decoding: key.dropFirst(start.count), as: UTF8.self)
        guard kind.namespaced else { return ("", rest) }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return (String(rest[..<slash]), String(rest[rest.index(after: slash)...]))
    }
}
