import Objects
import Registry
import Transport

extension APIServer {
    /// Paths of our own, for `berth` only; they may change with any version.
    ///
    /// - `GET /berth/v1/why/KIND/NAME?namespace=NS`: why a claim, a volume or a pod is as it is
    /// - `/berth/v1/volumes...`: passed on to the node agent, which alone touches directories of volumes
    func serveOwn(_ parts: [String], _ query: Query, _ call: Call) throws(Status) {
        switch parts.first {
        case "why" where parts.count == 3: try explain(parts[1], parts[2], query, call)
        case "volumes" where parts.count <= 2: try proxyVolumes(call)
        default: throw .unknownPath()
        }
    }

    private func explain(_ kind: String, _ name: String, _ query: Query, _ call: Call) throws(Status) {
        guard call.request.method == "GET" else { throw .methodNotAllowed() }
        guard let explain = options.explain else { throw .unknownPath() }
        let namespace = query["namespace"] ?? "default"
        let shape = try call.shape()
        // It reads whole lists, so it is not done on the event loop.
        call.perform { () async throws(Status) in Answers.json(try explain(kind, namespace, name), shape) }
    }

    private func proxyVolumes(_ call: Call) throws(Status) {
        guard ["GET", "POST"].contains(call.request.method) else { throw .methodNotAllowed() }
        let path = options.nodeSocket
        let shape = try call.shape()
        call.count(200)
        UnixProxy(socket: path).forward(call.canonicalRequest, call.exchange) { error in
            Answers.status(
                .serviceUnavailable(
                    "the node agent does not answer on \(path): \(error); is berth-node running?"), shape)
        }
    }
}
