extension SchemaCatalog {
    /// What is wrong with a new object in canonical form, as kube-apiserver would say it. Empty: nothing.
    package func validateCreate(_ object: Object, _ kind: KindSchema) -> [FieldError] {
        var errors: [FieldError] = []
        errors.below("metadata") { MetadataRules.create(object, kind, &$0) }
        errors.report(contentsOf: Self.walk(object, kind))
        CreateRules.byKind[kind.kind]?(object, &errors)
        if kind.group == "events.k8s.io" { errors.report(contentsOf: EventRules.create(object)) }
        return errors
    }

    /// What is wrong with the change from `old` to `new`. A status update checks metadata and the status only.
    /// `checksKind` false: what updates of the kind may not change has been taken care of.
    package func validateUpdate(
        _ new: Object, old: Object, _ kind: KindSchema, isStatus: Bool = false, checksKind: Bool = true
    ) -> [FieldError] {
        var errors: [FieldError] = []
        errors.below("metadata") { MetadataRules.update(new, old, kind, &$0) }
        if isStatus {
            StatusRules.byKind[kind.kind]?(new, old, &errors)
            return errors
        }
        if checksKind { UpdateRules.byKind[kind.kind]?(new, old, &errors) }
        if kind.group == "events.k8s.io" { errors.report(contentsOf: EventRules.update(new, old)) }
        let found = Self.walk(new, kind)
        if found.isEmpty { return errors }
        // What was invalid before this version of the rules must stay changeable elsewhere. With more problems than
        // are listed nobody can tell which are new.
        let known = found.isFull ? [] : Set(Self.walk(old, kind))
        let unknown = found.filter { !known.contains($0) }
        let times = UpdateRules.checkedTwice.contains(kind.kind) ? 2 : 1
        for _ in 0..<times { errors.report(contentsOf: unknown) }
        return errors
    }

    /// The same as an error: 422 with causes, nothing if there is none.
    package func checkCreate(_ object: Object, _ kind: KindSchema) throws(Status) {
        let errors = validateCreate(object, kind)
        if let status = Status.invalid(group: kind.group, kind: kind.kind, name: object.name, errors) { throw status }
    }

    package func checkUpdate(
        _ new: Object, old: Object, _ kind: KindSchema, isStatus: Bool = false
    ) throws(Status) {
        let errors = validateUpdate(new, old: old, kind, isStatus: isStatus)
        if let status = Status.invalid(group: kind.group, kind: kind.kind, name: new.name, errors) { throw status }
    }

    private static func walk(_ object: Object, _ kind: KindSchema) -> [FieldError] {
        guard let index = SchemaTypes.builtin.index(of: kind.root), let members = object.json.object else { return [] }
        var errors: [FieldError] = []
        SchemaWalker(types: .builtin).check(members, index, &errors)
        return errors
    }
}

/// Checks an object: by the rule of its type if it has one, else by what the tables allow, member by member.
struct SchemaWalker {
    let types: SchemaTypes

    func check(_ object: JSONObject, _ index: Int, _ errors: inout [FieldError]) {
        let type = types.types[index]
        if let rule = ValidationRules.byType[type.name] {
            rule(object, &errors)
            return
        }
        for member in object.members where member.key != "status" && !errors.isFull {
            guard let field = type.field(member.key) else { continue }
            if field.checksAllowed { checkAllowed(member.value, field, &errors) }
            guard let child = field.type.structIndex, types.hasChecks[child] else { continue }
            let known = errors.count
            descend(member.value, field.type, &errors)
            if errors.count > known { errors.prefix(from: known, member.key) }
        }
    }

    private func descend(_ value: JSON, _ type: ValueType, _ errors: inout [FieldError]) {
        switch (type, value) {
        case (.object(let index), .object(let object)): check(object, index, &errors)
        case (.list(let element), .array(let elements)):
            for (index, item) in elements.enumerated() where !errors.isFull {
                let known = errors.count
                descend(item, element, &errors)
                if errors.count > known { errors.prefix(from: known, "[\(index)]") }
            }
        case (.map(let element), .object(let object)):
            for member in object.members where !errors.isFull {
                let known = errors.count
                descend(member.value, element, &errors)
                if errors.count > known { errors.prefix(from: known, "[\(member.key)]") }
            }
        default: break
        }
    }

    private func checkAllowed(_ value: JSON, _ field: FieldSchema, _ errors: inout [FieldError]) {
        switch value {
        case .string(let text):
            // An empty value is missing, which is another rule's matter.
            if text.isEmpty || field.allowed.contains(text) { return }
            errors.report(.notSupported(field.name, value, field.allowed))
        case .array(let elements):
            for element in elements where !(element.string.map(field.allowed.contains) ?? true) {
                errors.report(.notSupported(field.name, element, field.allowed))
            }
        default: break
        }
    }
}
