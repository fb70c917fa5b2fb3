/// The Unix socket that an API is served on.
package struct APIEndpoint: Sendable, Hashable, CustomStringConvertible {
    package static let defaultPath = "/run/berth/api.sock"
    package static let environmentVariable = "BERTH_SOCKET"

    package let path: String

    /// Takes a plain path or a `unix://` address, as other local daemons' clients do.
    package init(_ address: String) {
        path = address.hasPrefix("unix://") ? String(address.dropFirst("unix://".count)) : address
    }

    /// The first that is given and not empty: the flag, the environment's `BERTH_SOCKET`, the default.
    package static func resolve(flag: String?, environment: [String: String]) -> APIEndpoint {
        let given = [flag, environment[environmentVariable]].compactMap { $0 }.first { !$0.isEmpty }
        return APIEndpoint(given ?? defaultPath)
    }

    package var description: String { "unix://\(path)" }
}
