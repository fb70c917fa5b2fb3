import Objects
import Registry
import Transport

extension APIServer {
    /// Logs, exec, attach and port-forward are the node agent's; here is checked that there is a pod to ask about.
    func proxyToNode(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let allowed = route.subresource == "log" ? ["GET"] : ["GET", "POST"]
        guard allowed.contains(call.request.method) else { throw .methodNotAllowed() }
        let pod = try registry.get(route.key)
        try Self.checkContainer(query["container"] ?? "", pod, route)
        if route.subresource == "log" { try Self.checkLogOptions(query, pod) }
        guard let node = pod["spec", "nodeName"]?.string, !node.isEmpty else {
            // What was never placed has no log yet, and that is no error.
            if route.subresource == "log" { return call.answer(HTTPResponse(status: 204)) }
            throw .badRequest("pod \(pod.name) does not have a host assigned")
        }
        try Self.checkProtocol(call.request, route.subresource)
        let path = options.nodeSocket
        let shape = (try? call.shape()) ?? Negotiated()
        call.count(call.request.asksForUpgrade ? 101 : 200)
        UnixProxy(socket: path).forward(call.canonicalRequest, call.exchange) { error in
            Answers.status(
                .serviceUnavailable(
                    "the node agent of node \(node) does not answer on \(path): \(error); is berth-node running?"),
                shape)
        }
    }

    /// SPDY, which kubectl uses for port-forward and did for exec before 1.29, is not spoken: the client is told so
    /// instead of being left with a connection that nobody answers on.
    private static func checkProtocol(_ request: HTTPRequest, _ subresource: String) throws(Status) {
        guard request.asksForUpgrade else { return }
        let isWebSocket = request.headers["Upgrade"]?.lowercased() == "websocket"
        let protocols = request.headers.elements("Sec-WebSocket-Protocol")
        guard !isWebSocket || (!protocols.isEmpty && protocols.allSatisfy { $0.hasPrefix("SPDY/") }) else { return }
        let instead =
            subresource == "portforward" ? "a client that speaks v4.channel.k8s.io" : "kubectl 1.29 or newer, or berth"
        throw .badRequest(
            "this server speaks WebSocket and not SPDY, which the client asks for; use \(instead) to \(subresource)")
    }

    private static func checkLogOptions(_ query: Query, _ pod: Object) throws(Status) {
        var problems: [FieldError] = []
        for (field, least) in [("tailLines", 0), ("limitBytes", 1), ("sinceSeconds", 1)] as [(String, Int64)] {
            guard let value = try QueryOptions.integer(query, field), value < least else { continue }
            let detail = least == 0 ? "must be greater than or equal to 0" : "must be greater than 0"
            problems.append(.invalid(field, .integer(value), detail))
        }
        if let status = Status.invalid(group: "", kind: "PodLogOptions", name: pod.name, problems) { throw status }
    }

    private static func checkContainer(_ container: String, _ pod: Object, _ route: ResourceRoute) throws(Status) {
        guard route.subresource != "portforward" else { return }
        let names = ["initContainers", "containers", "ephemeralContainers"].flatMap { field in
            (pod["spec", field]?.array ?? []).compactMap { $0["name"]?.string }
        }
        let regular = (pod["spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
        if container.isEmpty {
            let chosen = pod.annotation("kubectl.kubernetes.io/default-container")
            guard regular.count > 1, chosen.map({ !regular.contains($0) }) ?? true else { return }
            throw .badRequest(
                "a container name must be specified for pod \(pod.name), choose one of: [\(regular.joined(separator: " "))]"
            )
        }
        guard names.contains(container) else {
            throw .badRequest("container \(container) is not valid for pod \(pod.name)")
        }
    }
}
