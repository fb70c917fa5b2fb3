/// The errors of the API with upstream's texts; clients match on them (k8s.io/apimachinery, api/errors).
extension Status {
    /// 404
    package static func notFound(_ resource: ResourceName, _ name: String) -> Status {
        about(resource, name, code: 404, reason: "NotFound", "\(resource) \(quoted(name)) not found")
    }

    /// 404 for a path that no resource has.
    package static func unknownPath() -> Status {
        Status(code: 404, reason: "NotFound", message: "the server could not find the requested resource")
    }

    /// 409
    package static func alreadyExists(_ resource: ResourceName, _ name: String) -> Status {
        about(resource, name, code: 409, reason: "AlreadyExists", "\(resource) \(quoted(name)) already exists")
    }

    /// 409: no free name was found for `generateName`; the client may try again.
    package static func generatedNameExists(_ resource: ResourceName, _ name: String) -> Status {
        var status = alreadyExists(resource, name)
        status.message += ", the server was not able to generate a unique name for the object"
        status.retryAfterSeconds = 1
        return status
    }

    /// 409. Without `because`: the object has changed since the client read it.
    package static func conflict(_ resource: ResourceName, _ name: String, because: String? = nil) -> Status {
        let why =
            because
            ?? "the object has been modified; please apply your changes to the latest version and try again"
        return about(
            resource, name, code: 409, reason: "Conflict",
            "Operation cannot be fulfilled on \(resource) \(quoted(name)): \(why)")
    }

    /// 409 of server-side apply; each cause names a manager and a field.
    package static func applyConflict(_ causes: [Cause], _ message: String) -> Status {
        var status = Status(code: 409, reason: "Conflict", message: message)
        status.causes = causes
        return status
    }

    /// 500, as upstream: what is applied does not fit the type.
    package static func unapplicable(_ object: Object, _ why: String) -> Status {
        let version = object.apiVersion.contains("/") ? object.apiVersion : "/" + object.apiVersion
        let what = "\(object.namespace)/\(object.name); \(version), Kind=\(object.kind)"
        return Status(code: 500, reason: "", message: "failed to create typed patch object (\(what)): \(why)")
    }

    /// 403
    package static func forbidden(_ resource: ResourceName, _ name: String, _ why: String) -> Status {
        let subject = name.isEmpty ? "\(resource)" : "\(resource) \(quoted(name))"
        return about(resource, name, code: 403, reason: "Forbidden", "\(subject) is forbidden: \(why)")
    }

    /// 401
    package static func unauthorized(_ message: String = "Unauthorized") -> Status {
        Status(code: 401, reason: "Unauthorized", message: message)
    }

    /// 400
    package static func badRequest(_ message: String) -> Status {
        Status(code: 400, reason: "BadRequest", message: message)
    }

    /// 405
    package static func methodNotAllowed(_ resource: ResourceName, _ action: String) -> Status {
        about(
            resource, "", code: 405, reason: "MethodNotAllowed",
            "\(action) is not supported on resources of kind \(quoted(resource.description))")
    }

    /// 406
    package static func notAcceptable(_ types: [String]) -> Status {
        let list = types.joined(separator: ", ")
        return Status(
            code: 406, reason: "NotAcceptable", message: "only the following media types are accepted: \(list)")
    }

    /// 415
    package static func unsupportedMediaType(_ types: [String]) -> Status {
        let list = types.joined(separator: ", ")
        return Status(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: \(list)")
    }

    /// 410: the resource version or continue token is older than history.
    package static func expired(_ message: String) -> Status {
        Status(code: 410, reason: "Expired", message: message)
    }

    /// 413
    package static func tooLarge(_ message: String) -> Status {
        Status(code: 413, reason: "RequestEntityTooLarge", message: "Request entity too large: \(message)")
    }

    /// 429
    package static func tooManyRequests(_ message: String, retryAfterSeconds: Int) -> Status {
        var status = Status(code: 429, reason: "TooManyRequests", message: message)
        status.retryAfterSeconds = retryAfterSeconds
        return status
    }

    /// 500
    package static func internalError(_ message: String) -> Status {
        var status = Status(code: 500, reason: "InternalError", message: "Internal error occurred: \(message)")
        status.causes = [Cause(reason: "", message: message, field: "")]
        return status
    }

    /// 503
    package static func serviceUnavailable(_ message: String) -> Status {
        Status(code: 503, reason: "ServiceUnavailable", message: message)
    }

    /// 504
    package static func timeout(_ message: String, retryAfterSeconds: Int = 0) -> Status {
        var status = Status(code: 504, reason: "Timeout", message: "Timeout: \(message)")
        status.retryAfterSeconds = retryAfterSeconds
        return status
    }

    /// 504: the client asks for a revision that does not exist yet.
    package static func tooLargeResourceVersion(
        _ wanted: Int64, current: Int64, retryAfterSeconds: Int = 1
    ) -> Status {
        let message = "Too large resource version: \(wanted), current: \(current)"
        var status = timeout(message, retryAfterSeconds: retryAfterSeconds)
        status.causes = [Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "")]
        return status
    }

    private static func about(
        _ resource: ResourceName, _ name: String, code: Int, reason: String, _ message: String
    ) -> Status {
        var status = Status(code: code, reason: reason, message: message)
        status.name = name
        status.group = resource.group
        status.resource = resource.resource
        return status
    }

    /// A name as Go's `%q` shows it.
    package static func quoted(_ text: String) -> String { GoQuote.quote(text) }
}
