internal import NIOCore
internal import Objects
package import Transport

/// etcd's JSON gateway, `/health`, `/version` and `/metrics`, over HTTP/1.1.
package struct GatewayResponder: Responder {
    private let router: Router
    private let metrics: @Sendable () -> String

    init(router: Router, metrics: @escaping @Sendable () -> String) {
        self.router = router
        self.metrics = metrics
    }

    package func respond(to request: HTTPRequest, _ exchange: any Exchange) {
        if let status = BrowserGuard.refusal(of: request) { return GatewayErrors.send(status, exchange) }
        switch (request.method, request.path) {
        case ("GET", "/health"): exchange.send(.json(["health": "true", "reason": ""]))
        case ("GET", "/livez"), ("GET", "/readyz"): exchange.send(.text("ok\n"))
        case ("GET", "/version"):
            let version = MaintenanceService.version
            exchange.send(.json(["etcdserver": .string(version), "etcdcluster": "3.6.0", "storage": "3.6.0"]))
        case ("GET", "/metrics"): exchange.send(.text(metrics()))
        default: call(request, exchange)
        }
    }

    package func response(for refusal: Transport.Refusal) -> HTTPResponse {
        let status = GRPCStatus(.invalidArgument, "\(refusal)")
        return .json(GatewayErrors.body(status), status: refusal.status)
    }

    private func call(_ request: HTTPRequest, _ exchange: any Exchange) {
        guard let path = GatewayRoutes.method(for: request.path), let method = router.methods[path] else {
            return exchange.send(.json(GatewayErrors.body(GRPCStatus(.notFound, "Not Found")), status: 404))
        }
        guard request.method == "POST" else {
            return exchange.send(
                .json(GatewayErrors.body(GRPCStatus(.unimplemented, "Method Not Allowed")), status: 405))
        }
        do throws(WireError) {
            let bytes = try method.fromJSON(try Self.parse(request.body))
            switch method.body {
            case .immediate(let serve):
                answer({ (buffer) throws(GRPCStatus) in try serve(bytes, &buffer) }, method, exchange)
            case .unary(let serve): serve(bytes, false) { self.answer($0, method, exchange) }
            case .streaming(let open): GatewayStream.run(method, open, bytes, exchange)
            }
        } catch { GatewayErrors.send(GRPCStatus(.invalidArgument, error.description), exchange) }
    }

    private static func parse(_ body: ByteBuffer) throws(WireError) -> JSON {
        // grpc-gateway takes an empty body for an empty message.
        if body.readableBytes == 0 { return [:] }
        do throws(JSONError) { return try JSONParser.parse(Array(body.readableBytesView)) } catch {
            throw WireError("the body is not JSON: \(error)")
        }
    }

    private func answer(_ encode: ReplyEncoder, _ method: Method, _ exchange: any Exchange) {
        do throws(GRPCStatus) {
            var bytes = ByteBuffer()
            try encode(&bytes)
            do throws(WireError) { exchange.send(.json(try method.toJSON(bytes))) } catch {
                throw GRPCStatus(.internal, error.description)
            }
        } catch { GatewayErrors.send(error, exchange) }
    }
}

enum GatewayErrors {
    static func send(_ status: GRPCStatus, _ exchange: any Exchange) {
        exchange.send(.json(body(status), status: httpStatus(status.code)))
    }

    static func body(_ status: GRPCStatus) -> JSON {
        [
            "error": .string(status.message), "code": .integer(Int64(status.code.rawValue)),
            "message": .string(status.message),
        ]
    }

    /// As grpc-gateway maps codes (`runtime.HTTPStatusFromCode`).
    static func httpStatus(_ code: GRPCStatus.Code) -> Int {
        switch code {
        case .ok: 200
        case .cancelled: 408
        case .invalidArgument, .failedPrecondition, .outOfRange: 400
        case .deadlineExceeded: 504
        case .notFound: 404
        case .alreadyExists, .aborted: 409
        case .permissionDenied: 403
        case .unauthenticated: 401
        case .resourceExhausted: 429
        case .unimplemented: 501
        case .unavailable: 503
        case .unknown, .internal, .dataLoss: 500
        }
    }
}

extension HTTPResponse {
    static func json(_ json: JSON, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, contentType: "application/json", body: ByteBuffer(bytes: JSONEncoder.encode(json)))
    }

    static func text(_ text: String) -> HTTPResponse {
        HTTPResponse(status: 200, contentType: "text/plain; charset=utf-8", body: ByteBuffer(string: text))
    }
}
