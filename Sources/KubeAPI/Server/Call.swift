import Glibc
import NIOCore
import Objects
import Registry
import Transport

/// One request on its way through the API, and its answer.
final class Call: Sendable {
    let request: HTTPRequest
    let route: Route
    /// nil: not decodable.
    let query: Query?
    let identity: Identity
    let exchange: any Exchange
    private let metrics: RequestMetrics
    private let started: NIODeadline

    init(_ request: HTTPRequest, _ exchange: any Exchange, route: Route, identity: Identity, metrics: RequestMetrics) {
        self.request = request
        self.route = route
        self.exchange = exchange
        self.identity = identity
        self.metrics = metrics
        query = Query(request.query)
        started = .now()
    }

    var user: User { identity.user(agent: request.headers["User-Agent"]) }

    /// The request with the path that it was authorized by, for whoever reads the path again.
    var canonicalRequest: HTTPRequest {
        guard let path = route.canonicalPath else { return request }
        var canonical = request
        canonical.target = request.target.utf8.contains(UInt8(ascii: "?")) ? "\(path)?\(request.query)" : path
        return canonical
    }

    /// How the client wants its answer.
    func shape(transforms: Bool = false) throws(Status) -> Negotiated {
        var shape = try Negotiated.choose(accept: request.headers.elements("Accept"), allowsTransforms: transforms)
        if let pretty = query?.optionalFlag("pretty") {
            shape.isPretty = pretty
        } else if let agent = request.headers["User-Agent"] {
            shape.isPretty = ["curl", "Wget", "Mozilla/5.0"].contains { agent.hasPrefix($0) }
        }
        return shape
    }

    func answer(_ response: HTTPResponse) {
        var response = response
        if case .resource(let resource) = route, let warning = Deprecation.warning(resource.kind) {
            response.addWarnings([warning])
        }
        count(response.head.status)
        if Compression.isAccepted(request.headers) { Compression.compress(&response) }
        exchange.send(response)
    }

    func fail(_ status: Status, warnings: [String] = []) {
        var plain = Negotiated()
        if let shape = try? shape(transforms: true) {
            plain.isPretty = shape.isPretty
            plain.format = shape.format
        }
        var response = Answers.status(status, plain)
        response.addWarnings(warnings)
        answer(response)
    }

    /// Counts a request whose answer does not pass through `answer`.
    func count(_ status: Int) { metrics.record(route, request.method, query, status: status, since: started) }

    /// Answers with what `body` comes to; for writes, which wait for the disk. A failure comes with `warnings`.
    func perform(warnings: [String] = [], _ body: @escaping @Sendable () async throws(Status) -> HTTPResponse) {
        Task {
            do throws(Status) {
                answer(try await body())
            } catch {
                fail(error, warnings: warnings)
            }
        }
    }
}

extension AccessRequest {
    /// What is no resource is judged by what its route is. The path as it was sent counts only where it leads nowhere:
    /// one thing has many spellings (`//berth`, `/%62erth`), and the rules know one.
    init(_ route: Route, method: String, _ query: Query, path: String) {
        switch route {
        case .resource(let resource):
            self.init(verb: Self.verb(method, resource, query))
            (group, self.resource, subresource) = (resource.kind.group, resource.kind.resource, resource.subresource)
            (namespace, name) = (resource.namespace, resource.name)
        case .history(let resource):
            // Who may read an object may read what it was.
            self.init(verb: method == "GET" ? "get" : method.lowercased())
            (group, self.resource) = (resource.kind.group, resource.kind.resource)
            (namespace, name) = (resource.namespace, resource.name)
        case .review(let review, let namespace):
            self.init(verb: "create", group: review.group, resource: review.rawValue, namespace: namespace)
        default:
            self.init(verb: method.lowercased(), path: route.canonicalPath ?? path)
        }
    }

    static func verb(_ method: String, _ route: ResourceRoute, _ query: Query) -> String {
        switch method {
        case "GET", "HEAD":
            if route.isWatch || (query.flag("watch") && route.subresource.isEmpty) { return "watch" }
            return route.name.isEmpty ? "list" : "get"
        case "POST": return "create"
        case "PUT": return "update"
        case "PATCH": return "patch"
        case "DELETE": return route.name.isEmpty ? "deletecollection" : "delete"
        default: return method.lowercased()
        }
    }
}
