import Objects
import Registry
import Transport

/// The object in a request's body, checked against the kind that the path speaks of.
struct TypedBody: Sendable {
    var object: Object
    /// Texts for `Warning` fields.
    var warnings: [String]

    /// `expected` may have several entries where upstream takes several versions of a kind. A body without kind or
    /// apiVersion is taken for what the path says.
    static func decode(
        _ request: HTTPRequest, expected: [(apiVersion: String, kind: String)], validation: FieldValidation
    ) throws(Status) -> TypedBody {
        let body = try RequestBody.decode(request)
        return try check(body, expected: expected, validation: validation)
    }

    static func check(
        _ body: RequestBody, expected: [(apiVersion: String, kind: String)], validation: FieldValidation
    ) throws(Status) -> TypedBody {
        guard case .object = body.json else {
            throw .badRequest("the object provided is unrecognized (must be of type \(expected[0].kind)): not an object")
        }
        var object = Object(body.json)
        for field in ["kind", "apiVersion"] where !(object[field]?.isNull ?? true) && object[field]?.string == nil {
            throw .badRequest("the object provided is unrecognized: \(field) is not a string")
        }
        if object.kind.isEmpty { object.kind = expected[0].kind }
        if object.apiVersion.isEmpty { object.apiVersion = expected[0].apiVersion }
        guard expected.contains(where: { $0.kind == object.kind && $0.apiVersion == object.apiVersion }) else {
            throw mismatch(object, expected[0])
        }
        let problems = body.duplicates.map { "duplicate field \(Status.quoted($0))" }
        if validation == .strict, !problems.isEmpty { throw strict(object, problems) }
        return TypedBody(object: object, warnings: validation == .warn ? problems : [])
    }

    static func strict(_ object: Object, _ problems: [String]) -> Status {
        .badRequest(
            "\(object.kind) in version \(Status.quoted(version(object.apiVersion))) cannot be handled as a "
                + "\(object.kind): strict decoding error: \(problems.joined(separator: ", "))")
    }

    private static func mismatch(_ object: Object, _ expected: (apiVersion: String, kind: String)) -> Status {
        if object.apiVersion != expected.apiVersion {
            return .badRequest(
                "the API version in the data (\(object.apiVersion)) does not match the expected API version (\(expected.apiVersion))")
        }
        return .badRequest(
            "\(object.kind) in version \(Status.quoted(version(object.apiVersion))) cannot be handled as a \(expected.kind)")
    }

    private static func version(_ apiVersion: String) -> String {
        apiVersion.split(separator: "/").last.map(String.init) ?? apiVersion
    }
}
