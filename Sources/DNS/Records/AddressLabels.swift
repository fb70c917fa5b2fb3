package import Transport

extension NetworkAddress {
    /// The label that stands for an address in names: `10-89-0-2`, `fd00--1`.
    package var label: String { String(description.map { $0 == "." || $0 == ":" ? "-" : $0 }) }

    /// The address that `label` stands for.
    package init?(label: String) {
        let parts = label.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 4, let address = NetworkAddress(parts.joined(separator: ".")) {
            self = address
        } else if let address = NetworkAddress(parts.joined(separator: ":")), !address.isV4 {
            self = address
        } else {
            return nil
        }
    }
}
