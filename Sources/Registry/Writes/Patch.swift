package import Objects

extension Registry {
    /// Applies a patch inside the compare-and-swap loop; an apply patch creates the object if there is none.
    /// `patch` is JSON (an apply patch may be YAML: the caller has made JSON of it).
    package func patch(
        _ key: ObjectKey, _ kind: PatchKind, _ patch: [UInt8], subresource: Subresource? = nil,
        options: WriteOptions = WriteOptions(), by user: User
    ) async throws(Status) -> PatchOutcome {
        let body: JSON
        do {
            body = try JSONParser.parse(patch)
        } catch {
            throw .badRequest("error decoding patch: \(error)")
        }
        if kind == .apply { return try await apply(key, body, subresource, options, user) }
        let target = try PatchTarget(self.kind(of: key.resource), subresource)
        let operations = kind == .json ? try JSONPatch(body) : nil
        let warnings = Locked<[String]>([])
        let object = try await update(key, subresource, options, user, isReplacement: false) { old throws(Status) in
            let patched: JSON
            switch kind {
            case .json: patched = try operations?.apply(to: old.json) ?? old.json
            case .merge: patched = MergePatch.apply(body, to: old.json)
            case .strategic: patched = try StrategicMergePatch().apply(body, to: old.json, as: target.kind)
            case .apply: throw .unsupportedMediaType(PatchKind.supported)
            }
            let (object, complaints) = try target.decode(patched, self.catalog, options.fieldValidation)
            warnings.withLock { $0 = complaints }
            return object
        }
        return PatchOutcome(object: object, created: false, warnings: warnings.withLock { $0 })
    }
}

extension PatchKind {
    static let supported = [PatchKind.json, .merge, .strategic, .apply].map(\.rawValue)
}

/// The type that a patch is made for: the object, or the Scale of it.
private struct PatchTarget: Sendable {
    var kind: KindSchema
    private var isScale: Bool

    init(_ kind: KindSchema, _ subresource: Subresource?) {
        isScale = subresource == .scale && kind.hasScale
        self.kind =
            isScale
            ? KindSchema(group: "autoscaling", version: "v1", kind: "Scale", resource: "scales", root: "Scale") : kind
    }

    /// Throws 422, as upstream does when the result of a patch is not an object of the type.
    func decode(
        _ json: JSON, _ catalog: SchemaCatalog, _ validation: FieldValidation
    ) throws(Status) -> (Object, [String]) {
        do {
            if isScale {
                let (value, warnings) = try SchemaCatalog.decode(json, type: "Scale", validation: validation)
                return (Object(value), warnings)
            }
            let decoded = try catalog.decode(json, as: kind, validation: validation)
            return (decoded.object, decoded.warnings)
        } catch {
            let problem = FieldError.invalid("patch", json, error.message)
            throw Status.invalid(group: "", kind: "", name: "", [problem]) ?? error
        }
    }
}
