package import Store

/// Who writes. The name and agent are kept with every revision (`Origin`), so that history can say by whom.
package struct User: Sendable, Hashable {
    package var name: String
    package var groups: [String]
    /// The client program: the part of the `User-Agent` header before the first slash, or a controller's name.
    package var userAgent: String

    package init(name: String, groups: [String] = [], userAgent: String = "") {
        self.name = name
        self.groups = groups
        self.userAgent = userAgent
    }

    /// A controller inside the daemon: `User.controller("persistent-volume-binder")`.
    package static func controller(_ name: String) -> User {
        User(name: "system:controller:\(name)", groups: ["system:masters", "system:authenticated"], userAgent: name)
    }

    /// The daemon itself (bootstrap objects).
    package static let daemon = User(name: "system:apiserver", groups: ["system:masters"], userAgent: "berthd")

    /// "user agent", cut to the 128 bytes that the store keeps, never inside a character.
    package var origin: Origin {
        var text = userAgent.isEmpty ? name : "\(name) \(userAgent)"
        while text.utf8.count > 128 { text.removeLast() }
        return Origin(text)
    }
}
