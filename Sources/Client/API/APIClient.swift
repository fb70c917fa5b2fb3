package import Objects

/// Talks to a Kubernetes API over its Unix socket. Errors are the server's (`Status`) or the way's to it (`ClientError`).
package final class APIClient: Sendable {
    package let transport: HTTPTransport
    /// Seconds a request without a stream may take.
    package let timeout: Double?
    private let onWarning: (@Sendable (String) -> Void)?

    /// - Parameter onWarning: gets the texts of the answers' `Warning` headers.
    package init(
        endpoint: APIEndpoint, userAgent: String, timeout: Double? = 30, onWarning: (@Sendable (String) -> Void)? = nil
    ) {
        transport = HTTPTransport(endpoint: endpoint, userAgent: userAgent)
        self.timeout = timeout
        self.onWarning = onWarning
    }

    /// Sends a JSON body, if any, and decodes the JSON answer.
    ///
    /// - Throws: `Status` for every answer of 400 and above, `ClientError`, `CancellationError`
    package func json(
        _ method: APIRequest.Method, _ path: String, query: [(name: String, value: String)] = [], body: JSON? = nil,
        contentType: String = "application/json", accept: String = "application/json"
    ) async throws -> JSON {
        var request = APIRequest(
            method, path + PercentEncoding.query(query), headers: [("Accept", accept)], timeout: timeout)
        if let body {
            request.headers.append(("Content-Type", contentType))
            request.body = JSONEncoder.encode(body)
        }
        let response = try await transport.send(request)
        if let onWarning { for warning in response.warnings { onWarning(warning) } }
        return try Self.decode(response)
    }

    /// The answer's body as it is.
    ///
    /// - Throws: as `json`
    package func bytes(_ path: String, query: [(name: String, value: String)] = []) async throws -> [UInt8] {
        let request = APIRequest(
            .get, path + PercentEncoding.query(query), headers: [("Accept", "application/json, */*")], timeout: timeout)
        let response = try await transport.send(request)
        guard response.status < 400 else { throw Status(answer: response) }
        return response.body
    }

    static func decode(_ response: APIResponse) throws -> JSON {
        guard response.status < 400 else { throw Status(answer: response) }
        do {
            return try JSONParser.parse(response.body)
        } catch {
            throw ClientError(.malformedAnswer, "the server's answer (\(response.status)) is not JSON: \(error)")
        }
    }
}

// MARK: Objects of a resource

extension APIClient {
    package func get(_ resource: APIResource, namespace: String = "", name: String, subresource: String? = nil)
        async throws -> Object
    {
        Object(try await json(.get, resource.path(namespace: namespace, name: name, subresource: subresource)))
    }

    package func create(_ object: Object, in resource: APIResource, namespace: String = "", query: WriteQuery = .init())
        async throws -> Object
    {
        Object(try await json(.post, resource.path(namespace: namespace), query: query.items, body: object.json))
    }

    /// Replaces the object of that name. With a resourceVersion in it, only if nobody wrote it since.
    package func update(
        _ object: Object, in resource: APIResource, subresource: String? = nil, query: WriteQuery = .init()
    ) async throws -> Object {
        let path = resource.path(namespace: object.namespace, name: object.name, subresource: subresource)
        return Object(try await json(.put, path, query: query.items, body: object.json))
    }

    package func patch(
        _ resource: APIResource, namespace: String = "", name: String, subresource: String? = nil, type: PatchType,
        patch: JSON, query: WriteQuery = .init()
    ) async throws -> Object {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return Object(
            try await json(.patch, path, query: query.items, body: patch, contentType: type.rawValue))
    }

    /// What the server answers is the object (it may live on until its finalizers are done), or a `Status` of success.
    @discardableResult
    package func delete(
        _ resource: APIResource, namespace: String = "", name: String, options: DeletionOptions = .init()
    ) async throws -> JSON {
        try await json(.delete, resource.path(namespace: namespace, name: name), body: options.json)
    }
}

extension DeletionOptions {
    var json: JSON {
        var json: JSON = ["kind": "DeleteOptions", "apiVersion": "v1"]
        if let propagation { json["propagationPolicy"] = .string(propagation.rawValue) }
        if let gracePeriod { json["gracePeriodSeconds"] = .integer(gracePeriod) }
        if let uid { json.set(["preconditions", "uid"], .string(uid)) }
        if let resourceVersion { json.set(["preconditions", "resourceVersion"], .string(resourceVersion)) }
        if dryRun { json["dryRun"] = ["All"] }
        return json
    }
}
