import Objects

// Where Registry asks the schema tables.
extension Registry {
    /// In canonical form, with defaults filled in and without fields that the schema does not have.
    func completed(_ object: Object, _ kind: KindSchema) throws(Status) -> Object {
        try catalog.canonical(object, as: kind)
    }

    func validateNew(_ object: Object, _ kind: KindSchema) -> [FieldError] { catalog.validateCreate(object, kind) }

    func validateUpdate(
        _ new: Object, replacing old: Object, _ kind: KindSchema, _ subresource: Subresource?
    ) -> [FieldError] {
        // A binding writes what an update of a pod must not; its rules are in `bind`.
        if subresource == .binding { return [] }
        let isStatus = subresource == .status
        let isPart = subresource == .ephemeralContainers || subresource == .resize
        let problems = catalog.validateUpdate(new, old: old, kind, isStatus: isStatus, checksKind: !isPart)
        return PodParts.problems(
            subresource, new, old, after: MetadataCauses.repeated(problems, kind, isStatus: isStatus))
    }
}
