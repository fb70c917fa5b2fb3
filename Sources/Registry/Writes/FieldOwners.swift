import Objects

/// `metadata.managedFields` of every write
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).
enum FieldOwners {
    /// The manager of a write that names none: the client program, as upstream takes it from the user agent.
    static func manager(_ options: WriteOptions, _ user: User) -> String {
        if !options.fieldManager.isEmpty { return options.fieldManager }
        let program =
            user.userAgent.split(separator: "/", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        return program.isEmpty ? "unknown" : String(program.prefix(128))
    }

    /// Equal but for the times at which managers wrote what they own.
    static func isSame(_ left: Object, _ right: Object) -> Bool { left == right || timeless(left) == timeless(right) }

    private static func timeless(_ object: Object) -> Object {
        guard let entries = object["metadata", "managedFields"]?.array else { return object }
        var object = object
        object["metadata", "managedFields"] = .array(
            entries.map { entry in
                var entry = entry
                entry["time"] = nil
                return entry
            })
        return object
    }
}

extension Registry {
    /// `new` with what this write changed noted as its manager's. Both in canonical form; `old` nil for a new object.
    func tracked(_ new: Object, _ old: Object?, _ request: WriteRequest) -> Object {
        if request.isApplied { return new }
        let subresource = request.subresource.map(\.rawValue) ?? ""
        return FieldManager(request.kind, subresource: subresource).updated(
            new, live: old, manager: FieldOwners.manager(request.options, request.user), now: request.now.text)
    }
}
