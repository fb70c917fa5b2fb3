package import Objects

/// A set of access modes (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes).
package struct AccessModes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let readWriteOnce = AccessModes(rawValue: 1)
    package static let readOnlyMany = AccessModes(rawValue: 2)
    package static let readWriteMany = AccessModes(rawValue: 4)
    package static let readWriteOncePod = AccessModes(rawValue: 8)
    /// A name that this version does not know (validation refuses it; a newer writer may have stored it). It counts as
    /// one mode, so that such a volume is never taken for one that offers less than it does.
    package static let unknown = AccessModes(rawValue: 16)

    /// From a list of names, as in `spec.accessModes`.
    package init(_ json: JSON?) {
        var modes: AccessModes = []
        for mode in json?.array ?? [] {
            switch mode.string {
            case "ReadWriteOnce": modes.insert(.readWriteOnce)
            case "ReadOnlyMany": modes.insert(.readOnlyMany)
            case "ReadWriteMany": modes.insert(.readWriteMany)
            case "ReadWriteOncePod": modes.insert(.readWriteOncePod)
            default: modes.insert(.unknown)
            }
        }
        self = modes
    }

    package var count: Int { rawValue.nonzeroBitCount }

    /// `RWO,ROX`: the short names that tables show.
    package var shortNames: String {
        let names: [(AccessModes, String)] = [
            (.readWriteOnce, "RWO"), (.readOnlyMany, "ROX"), (.readWriteMany, "RWX"), (.readWriteOncePod, "RWOP"),
            (.unknown, "?"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }
}
