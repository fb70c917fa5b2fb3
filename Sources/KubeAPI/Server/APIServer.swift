import NIOCore
package import Objects
package import Registry
package import Transport

/// What the daemon decides.
package struct APIOptions: Sendable {
    /// Where `berth-node` listens.
    package var nodeSocket: String
    /// `0.1.0`
    package var version: String
    /// Named reasons why the daemon is not ready; nil: that part is.
    package var checks: [HealthCheck] = []
    /// Where the keys of tokens are kept; nil: no tokens are given out.
    package var keys: KeyDirectory?
    /// The TLS listener; nil: there is none.
    package var endpoint: TLSEndpoint?
    package var grants = Grants()
    /// More lines for `/metrics`, in Prometheus' text format.
    package var metrics: @Sendable () -> String = { "" }
    /// Why an object is as it is: kind (`pvc`, `pv`, `pod`), namespace and name. nil: not served.
    package var explain: (@Sendable (String, String, String) throws(Status) -> JSON)?
    /// Writes a consistent copy of the store into the stream, on a thread of its own; nil: there is none to have.
    package var snapshot: (@Sendable (SnapshotStream) -> Void)?

    package init(nodeSocket: String, version: String) {
        self.nodeSocket = nodeSocket
        self.version = version
    }
}

/// Answers the Kubernetes REST API (https://kubernetes.io/docs/reference/using-api/api-concepts/) out of a registry.
package final class APIServer: Responder {
    let registry: Registry
    let options: APIOptions
    let router: Router
    let discovery: Discovery
    private let openAPI: OpenAPIStore
    let metrics = RequestMetrics()
    let eventLines = EventLines()
    let rules: IdentityRules
    /// nil: none are given out.
    let tokens: TokenAuthority?
    private let authenticator: Authenticator
    let isStreamingSnapshot = Locked(false)

    package convenience init(registry: Registry, options: APIOptions) {
        self.init(registry: registry, options: options, rules: .system(grants: options.grants))
    }

    init(registry: Registry, options: APIOptions, rules: IdentityRules) {
        self.registry = registry
        self.options = options
        router = Router(catalog: registry.catalog)
        discovery = Discovery(catalog: registry.catalog)
        openAPI = OpenAPIStore(catalog: registry.catalog, version: VersionInfo.gitVersion(berth: options.version))
        let clock = registry.options.clock
        self.rules = rules
        tokens = options.keys.map { TokenAuthority(registry: registry, rules: rules, directory: $0) }
        authenticator = Authenticator(
            identities: IdentityCache(rules: rules, clock: { clock().seconds }), tokens: tokens)
    }

    package func respond(to request: HTTPRequest, _ exchange: any Exchange) {
        let route = router.route(request.path)
        do throws(Status) {
            let identity = try authenticator.identity(of: request)
            let call = Call(request, exchange, route: route, identity: identity, metrics: metrics)
            do throws(Status) { try dispatch(call) } catch { call.fail(error) }
        } catch {
            Call(request, exchange, route: route, identity: .anonymous, metrics: metrics).fail(error)
        }
    }

    package func response(for refusal: Refusal) -> HTTPResponse {
        let status: Status =
            switch refusal {
            case .malformed(let why): .badRequest("the request is not valid HTTP: \(why)")
            case .headersTooLarge:
                Status(code: 431, reason: "", message: "the request's header fields are too large")
            case .bodyTooLarge(let limit): .tooLarge("limit is \(limit)")
            case .timeout: Status(code: 408, reason: "Timeout", message: "the request did not arrive in time")
            case .tooManyRequests:
                .tooManyRequests("too many requests in flight, please try again later", retryAfterSeconds: 1)
            }
        return Answers.status(status)
    }

    private func dispatch(_ call: Call) throws(Status) {
        guard let query = call.query else { throw .badRequest("the query string is not properly encoded") }
        try authorize(call, query)
        try QueryOptions.checkTimeout(query)
        switch call.route {
        case .resource(let route): try serve(route, query, call)
        case .review(let review, let namespace): try serve(review, namespace: namespace, query, call)
        case .berth(let parts): try serveOwn(parts, query, call)
        case .credentials: try giveCredentials(call)
        default: try servePath(call, query)
        }
    }

    private func authorize(_ call: Call, _ query: Query) throws(Status) {
        let access = AccessRequest(call.route, method: call.request.method, query, path: String(call.request.path))
        guard let why = Authorizer.denial(access, call.identity) else { return }
        throw Authorizer.forbidden(access, call.identity, because: why)
    }

    /// Everything that is no resource can only be read.
    private func servePath(_ call: Call, _ query: Query) throws(Status) {
        guard ["GET", "HEAD"].contains(call.request.method) else {
            if case .unknown = call.route { throw .unknownPath() }
            throw Status(
                code: 405, reason: "MethodNotAllowed",
                message: "the server does not allow this method on the requested resource")
        }
        switch call.route {
        case .version: call.answer(Answers.json(VersionInfo.json(berth: options.version), try call.shape()))
        case .health(let route): try serve(route, query, call)
        case .metrics: call.answer(Answers.text(metricsText(), contentType: "text/plain; version=0.0.4; charset=utf-8"))
        case .snapshot: try answerSnapshot(call)
        case .openAPIIndex: answerOpenAPI(openAPI.index, call)
        case .openAPIv2: answerOpenAPIv2(call)
        case .openAPI(let group, let version):
            let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
            guard let bytes = openAPI.document(path) else { throw .unknownPath() }
            answerOpenAPI(bytes, call)
        case .history(let route): try history(route, query, call)
        case _ where isNowhere(call.route, call.request.path):
            call.answer(Answers.text("404 page not found\n", status: 404))
        case .unknown: throw .unknownPath()
        default: call.answer(try discovery.answer(call.route, call))
        }
    }

    /// Where there is no group upstream's multiplexer answers, which knows nothing of the API.
    private func isNowhere(_ route: Route, _ path: Substring) -> Bool {
        let parts = (route.canonicalPath ?? String(path)).split(separator: "/")
        if parts.first == "apis", parts.count > 1 { return !discovery.hasGroup(String(parts[1])) }
        if case .unknown = route { return parts.first != "api" }
        return false
    }

    /// Protobuf for whoever names it, JSON for everybody else.
    private func answerOpenAPIv2(_ call: Call) {
        let type = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
        let wanted = call.request.headers.elements("Accept").contains { $0.hasPrefix(type) }
        guard wanted else { return answerOpenAPI(openAPI.version2, call) }
        // Go's parser takes no `@` in an answer's type, so upstream answers with a dot there.
        let answered = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
        call.answer(
            HTTPResponse(status: 200, contentType: answered, body: ByteBuffer(bytes: openAPI.version2Protobuf)))
    }

    private func answerOpenAPI(_ bytes: [UInt8], _ call: Call) {
        var shape = Negotiated()
        shape.isPretty = call.query?.flag("pretty") ?? false
        var response = Answers.bytes(ByteBuffer(bytes: bytes), shape)
        // The index names each document by the hash of its bytes.
        if call.query?["hash"] != nil { response.head.headers["Cache-Control"] = "public, immutable" }
        call.answer(response)
    }

    private func metricsText() -> String {
        metrics.text() + StoreMetrics.text(registry) + options.metrics()
    }
}
