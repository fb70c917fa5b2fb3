import Objects

/// What `GET .../pods/NAME/log` is asked for.
package struct LogQuery: Sendable, Hashable {
    package var container: String?
    package var follow = false
    package var previous = false
    package var timestamps = false
    package var tailLines: Int?
    package var sinceSeconds: Int?
    /// RFC 3339
    package var sinceTime: String?
    package var limitBytes: Int?

    package init() {}

    var items: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        if let container { items.append(("container", container)) }
        for (name, flag) in [("follow", follow), ("previous", previous), ("timestamps", timestamps)] where flag {
            items.append((name, "true"))
        }
        for (name, number) in [("tailLines", tailLines), ("sinceSeconds", sinceSeconds), ("limitBytes", limitBytes)] {
            if let number { items.append((name, String(number))) }
        }
        if let sinceTime { items.append(("sinceTime", sinceTime)) }
        return items
    }
}

/// What `exec` and `attach` connect.
package struct RemoteStreams: Sendable, Hashable {
    package var container: String?
    package var stdin: Bool
    package var stdout = true
    package var stderr: Bool
    package var tty: Bool

    /// With a terminal there is one output stream: the terminal's.
    package init(container: String? = nil, stdin: Bool = false, tty: Bool = false) {
        self.container = container
        self.stdin = stdin
        self.tty = tty
        stderr = !tty
    }

    var items: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        if let container { items.append(("container", container)) }
        for (name, flag) in [("stdin", stdin), ("stdout", stdout), ("stderr", stderr), ("tty", tty)] where flag {
            items.append((name, "true"))
        }
        return items
    }
}

extension APIClient {
    private static let remoteProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

    /// A container's log as it is written; ends with the container when followed, else at once.
    package func logs(namespace: String, pod: String, query: LogQuery) async throws -> ResponseBody {
        let path = try APIResource(.pods).path(namespace: namespace, name: pod, subresource: "log")
        let accept = [(name: "Accept", value: "text/plain, */*")]
        return try await streamed(
            APIRequest(.get, path + PercentEncoding.query(query.items), headers: accept, timeout: timeout))
    }

    package func exec(namespace: String, pod: String, command: [String], streams: RemoteStreams) async throws
        -> RemoteSession
    {
        let path = try APIResource(.pods).path(namespace: namespace, name: pod, subresource: "exec")
        let items = command.map { (name: "command", value: $0) } + streams.items
        return try await transport.webSocket(
            path + PercentEncoding.query(items), subprotocols: Self.remoteProtocols, timeout: timeout ?? 30)
    }

    package func attach(namespace: String, pod: String, streams: RemoteStreams) async throws -> RemoteSession {
        let path = try APIResource(.pods).path(namespace: namespace, name: pod, subresource: "attach")
        return try await transport.webSocket(
            path + PercentEncoding.query(streams.items), subprotocols: Self.remoteProtocols, timeout: timeout ?? 30)
    }
}
