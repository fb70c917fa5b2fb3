package import Objects
package import Store

extension Status {
    /// What the API says when the store could not do it.
    package static func store(_ error: StoreError) -> Status {
        switch error.code {
        case .compacted:
            expired("The provided resource version is too old: \(error.message)")
        case .requestTooLarge, .tooManyOperations:
            tooLarge(error.message)
        case .noSpace:
            Status(code: 507, reason: "InsufficientStorage", message: "\(error)")
        case .unavailable:
            serviceUnavailable("\(error)")
        default:
            internalError("\(error)")
        }
    }

    /// 422 about an object of `kind`.
    package static func invalid(_ kind: KindSchema, _ name: String, _ problems: [FieldError]) -> Status {
        // Events are core's, whichever API they come through.
        let group = kind.kind == "Event" ? "" : kind.group
        return invalid(group: group, kind: kind.kind, name: name, problems)
            ?? .internalError("an object was refused without a reason")
    }

    /// 422 about the options of a request: `ListOptions`, `PatchOptions`, ...
    package static func invalidOptions(_ options: String, _ problems: [FieldError]) -> Status {
        invalid(group: "meta.k8s.io", kind: options, name: "", problems)
            ?? .internalError("options were refused without a reason")
    }
}
