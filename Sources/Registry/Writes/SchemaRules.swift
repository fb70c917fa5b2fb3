import Objects

// Where Registry asks the schema tables. (They land in stages.)
extension Registry {
    /// In canonical form, with defaults filled in and without fields that the schema does not have.
    func completed(_ object: Object, _ kind: KindSchema) throws(Status) -> Object {
        try catalog.canonical(object, as: kind)
    }

    func validateNew(_ object: Object, _ kind: KindSchema) -> [FieldError] {
        object.name.isEmpty ? [.required("metadata.name", "name or generateName is required")] : []
    }

    func validateUpdate(
        _ new: Object, replacing old: Object, _ kind: KindSchema, _ subresource: Subresource?
    ) -> [FieldError] {
        var problems: [FieldError] = []
        if new.uid != old.uid { problems.append(.invalid("metadata.uid", .string(new.uid), "field is immutable")) }
        if old.isBeingDeleted, let added = new.finalizers.first(where: { !old.finalizers.contains($0) }) {
            problems.append(
                .forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers "
                        + "[]string{\(GoQuote.quote(added))}"))
        }
        return problems
    }
}
