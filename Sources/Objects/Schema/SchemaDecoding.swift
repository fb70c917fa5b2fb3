/// What to do with fields that the schema does not have, and with duplicates (`fieldValidation`).
package enum FieldValidation: String, Sendable {
    case ignore = "Ignore"
    case warn = "Warn"
    case strict = "Strict"
}

/// An object in canonical form, and what the client should be warned of.
package struct Decoded: Sendable {
    package var object: Object
    /// `unknown field "spec.foo"`, `duplicate field "data.k"`
    package var warnings: [String]
}

extension SchemaCatalog {
    /// Decodes the body of a request: parses it, checks the types of all fields, brings it into canonical form and
    /// fills in defaults. Throws 400 `BadRequest` with upstream's words.
    package func decode(
        _ bytes: [UInt8], as kind: KindSchema, validation: FieldValidation = .strict, defaults: Bool = true
    ) throws(Status) -> Decoded {
        let document: JSONParser.Document
        do throws(JSONError) {
            document = try JSONParser.document(bytes)
        } catch {
            throw .badRequest(Self.cannotHandle(kind, "\(error)"))
        }
        return try decode(
            document.value, duplicates: document.duplicates, as: kind, validation: validation, defaults: defaults)
    }

    /// The same for a body that is parsed already; `duplicates` are the paths that its parser reported.
    package func decode(
        _ json: JSON, duplicates: [String] = [], as kind: KindSchema, validation: FieldValidation = .strict,
        defaults: Bool = true
    ) throws(Status) -> Decoded {
        do throws(Status) {
            let (value, warnings) = try Self.decode(
                json, duplicates: duplicates, type: kind.root, validation: validation, defaults: defaults)
            return Decoded(object: Object(value), warnings: warnings)
        } catch {
            throw .badRequest(Self.cannotHandle(kind, error.message))
        }
    }

    /// The body of an apply patch: checked and in canonical order, with exactly the fields that the client sent.
    /// Throws 400 if it is of another kind, and 500, as upstream does, if it has fields or types that the kind has not.
    package func decodeApplied(_ json: JSON, as kind: KindSchema) throws(Status) -> Object {
        let (version, name) = (json["apiVersion"]?.string ?? "", json["kind"]?.string ?? "")
        let shown = "\(version.contains("/") ? version : "/" + version), Kind=\(name)"
        guard name == kind.kind, version == kind.apiVersion else {
            throw .badRequest("invalid object type: \(shown)")
        }
        do throws(Status) {
            let (value, problems) = try Self.decode(
                json, type: kind.root, validation: .warn, defaults: false, sentOnly: true)
            guard problems.isEmpty else {
                // `unknown field "spec.x"`
                let paths = problems.map { ".\($0.split(separator: "\"").last ?? ""): field not declared in schema" }
                throw Status(code: 500, reason: "", message: paths.joined(separator: "\n"))
            }
            return Object(value)
        } catch {
            throw .unapplicable(Object(json), error.message)
        }
    }

    /// A type that is no stored kind: `DeleteOptions`, `Scale`, `Eviction`. Throws 400 with the bare reason.
    package static func decode(
        _ json: JSON, duplicates: [String] = [], type: String, validation: FieldValidation = .strict,
        defaults: Bool = true, sentOnly: Bool = false
    ) throws(Status) -> (JSON, warnings: [String]) {
        guard let index = SchemaTypes.builtin.index(of: type) else { throw .badRequest("no type \(type)") }
        guard case .object(let object) = json else {
            throw .badRequest("json: cannot unmarshal \(json.goKind) into Go value of type v1.\(type)")
        }
        var normalizer = Normalizer(fillsDefaults: defaults, keepsWhatWasSent: sentOnly)
        let normal: JSONObject
        do throws(Normalizer.Mismatch) {
            normal = try normalizer.normalize(object, as: index)
        } catch {
            throw .badRequest(error.text)
        }
        let problems =
            duplicates.map { "duplicate field \(GoQuote.quote($0))" }
            + normalizer.unknown.map { "unknown field \(GoQuote.quote($0))" }
        if validation == .strict, !problems.isEmpty {
            throw .badRequest("strict decoding error: " + problems.joined(separator: ", "))
        }
        return (.object(normal), validation == .warn ? problems : [])
    }

    /// An object in canonical form, with or without defaults; fields that the tables do not have are dropped.
    package func canonical(
        _ object: Object, as kind: KindSchema, defaults: Bool = true
    ) throws(Status) -> Object {
        try decode(object.json, as: kind, validation: .ignore, defaults: defaults).object
    }

    private static func cannotHandle(_ kind: KindSchema, _ why: String) -> String {
        "\(kind.kind) in version \(GoQuote.quote(kind.version)) cannot be handled as a \(kind.kind): \(why)"
    }
}
