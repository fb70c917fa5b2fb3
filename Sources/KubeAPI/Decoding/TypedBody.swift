import Objects
import Transport

/// The object in a request's body, checked against what the path speaks of.
struct TypedBody: Sendable {
    var object: Object
    /// Texts for `Warning` fields.
    var warnings: [String]

    /// An object of a stored kind, in canonical form and without defaults, which the registry fills in. A body without
    /// kind or apiVersion is taken for what the path says.
    static func decode(
        _ request: HTTPRequest, as kind: KindSchema, _ catalog: SchemaCatalog, validation: FieldValidation
    ) throws(Status) -> TypedBody {
        let body = try RequestBody.decode(request)
        let json = try typed(body.json, kind: kind.kind, versions: [kind.apiVersion]).withFieldOwnersReset
        let decoded = try catalog.decode(
            json, duplicates: body.duplicates, as: kind, validation: validation, defaults: false)
        return TypedBody(object: decoded.object, warnings: decoded.warnings)
    }

    /// An object of a type that is not stored, in any of several versions.
    static func decode(
        _ request: HTTPRequest, type: String, versions: [String], validation: FieldValidation
    ) throws(Status) -> TypedBody {
        let body = try RequestBody.decode(request)
        let json = try typed(body.json, kind: type, versions: versions)
        do throws(Status) {
            let (value, warnings) = try SchemaCatalog.decode(
                json, duplicates: body.duplicates, type: type, validation: validation)
            return TypedBody(object: Object(value), warnings: warnings)
        } catch {
            throw .badRequest("\(type) in version \(Status.quoted(versions[0])) cannot be handled: \(error.message)")
        }
    }

    /// What is put must be what the path says, whether there is such an object or not.
    func checkName(_ name: String, namespace: String) throws(Status) {
        guard object.name == name else {
            throw .badRequest(
                object.name.isEmpty
                    ? "the name of the object (\(name) based on URL) was undeterminable: name must be provided"
                    : "the name of the object (\(object.name)) does not match the name on the URL (\(name))")
        }
        guard namespace.isEmpty || object.namespace.isEmpty || object.namespace == namespace else {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// With kind and apiVersion.
    private static func typed(_ json: JSON, kind: String, versions: [String]) throws(Status) -> JSON {
        // Nothing at all is an object without anything in it.
        var json = json.isNull ? .object(JSONObject()) : json
        guard case .object = json else {
            throw .badRequest("the object provided is unrecognized (must be of type \(kind)): it is no JSON object")
        }
        for (field, value) in [("kind", kind), ("apiVersion", versions[0])] {
            switch json[field] {
            case nil, .null?, .string("")?: json[field] = .string(value)
            case .string?: break
            default: throw .badRequest("the object provided is unrecognized: \(field) is not a string")
            }
        }
        let (version, given) = (json["apiVersion"]?.string ?? "", json["kind"]?.string ?? "")
        guard versions.contains(version), given == kind else {
            let short = version.split(separator: "/").last.map(String.init) ?? version
            throw .badRequest(
                "\(given) in version \(Status.quoted(short)) cannot be handled as a \(kind): no kind "
                    + "\(Status.quoted(given)) is registered for version \(Status.quoted(version)) here")
        }
        return json
    }
}
