package import Objects

extension Registry {
    /// Applies a patch inside the compare-and-swap loop; an apply patch creates the object if there is none.
    /// `patch` is JSON (an apply patch may be YAML: the caller has made JSON of it).
    package func patch(
        _ key: ObjectKey, _ kind: PatchKind, _ patch: [UInt8], subresource: Subresource? = nil,
        options: WriteOptions = WriteOptions(), by user: User
    ) async throws(Status) -> PatchOutcome {
        let parsed = parse(patch)
        if kind == .apply { return try await apply(key, try parsed.get().value, subresource, options, user) }
        let target = try PatchTarget(self.kind(of: key.resource), subresource)
        let warnings = Locked<[String]>([])
        let object = try await update(key, subresource, options, user, isReplacement: false) { old throws(Status) in
            let patched: JSON
            let body = try parsed.get().value
            switch kind {
            case .json: patched = try JSONPatch(body).apply(to: old.json)
            case .merge: patched = try merged(body, old.json)
            case .strategic: patched = try StrategicMergePatch().apply(body, to: old.json, as: target.kind)
            case .apply: throw .unsupportedMediaType(PatchKind.supported)
            }
            if kind != .strategic, patched["apiVersion"]?.string ?? "" == "" {
                // Upstream reads an object of no version as one without anything in it.
                throw .badRequest(
                    "the name of the object (\(key.name) based on URL) was undeterminable: name must be provided")
            }
            let duplicates = kind == .merge ? try parsed.get().duplicates : []
            let unknown = kind == .json ? JSONPatch.unknownFields(of: body) : []
            let (object, complaints) = try target.decode(
                patched, duplicates, self.catalog, options.fieldValidation, checksType: kind != .strategic,
                complaints: unknown)
            warnings.withLock { $0 = complaints }
            return object
        }
        return PatchOutcome(object: object, created: false, warnings: warnings.withLock { $0 })
    }

    /// A patch that cannot be read is told only where there is an object to patch, as upstream does.
    private func parse(_ patch: [UInt8]) -> Result<JSONParser.Document, Status> {
        do {
            return .success(try JSONParser.document(patch))
        } catch {
            return .failure(.badRequest("error decoding patch: \(error)"))
        }
    }

    private func merged(_ patch: JSON, _ object: JSON) throws(Status) -> JSON {
        switch patch {
        case .object: return MergePatch.apply(patch, to: object)
        case .null: throw .badRequest("Invalid JSON Patch")
        default:
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(patch.goKind) into Go value of type "
                    + "map[string]interface {}")
        }
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
        _ json: JSON, _ duplicates: [String], _ catalog: SchemaCatalog, _ validation: FieldValidation,
        checksType: Bool, complaints: [String] = []
    ) throws(Status) -> (Object, [String]) {
        do throws(Status) {
            if checksType, !isScale { try checkType(json) }
            if validation == .strict, let first = complaints.first {
                throw Status.badRequest("strict decoding error: \(first)")
            }
            let json = json.withFieldOwnersReset
            if isScale {
                let (value, warnings) = try SchemaCatalog.decode(
                    json, duplicates: duplicates, type: "Scale", validation: validation)
                return (Object(value), warnings)
            }
            let decoded = try catalog.decode(json, duplicates: duplicates, as: kind, validation: validation)
            return (decoded.object, (validation == .warn ? complaints : []) + decoded.warnings)
        } catch {
            let problem = FieldError.invalid("patch", json, error.message)
            throw Status.invalid(group: "", kind: "", name: "", [problem]) ?? error
        }
    }

    /// A patch cannot make another kind of the object; a strategic one is not asked.
    private func checkType(_ json: JSON) throws(Status) {
        let (version, name) = (json["apiVersion"]?.string ?? kind.apiVersion, json["kind"]?.string ?? kind.kind)
        guard version == kind.apiVersion, name == kind.kind else {
            throw .badRequest(
                "no kind \(Status.quoted(name)) is registered for version \(Status.quoted(version))")
        }
    }
}
