import ArgumentParser
import Client
import Objects

/// Options of every command that talks to the daemon.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: "The API's Unix socket, as a path or unix:// address (default: $BERTH_SOCKET, else /run/berth/api.sock).")
    var socket: String?

    @Option(name: .customLong("request-timeout"), help: "How long one request may take, such as 5s or 1m; 0 for ever.")
    var requestTimeout: GoDuration = GoDuration(seconds: 30)

    func connect() -> Connection {
        let endpoint = APIEndpoint.resolve(
            flag: socket,
            environment: [APIEndpoint.environmentVariable: Console.environment(APIEndpoint.environmentVariable) ?? ""])
        let client = APIClient(
            endpoint: endpoint, userAgent: "berth/\(Version.text)",
            timeout: requestTimeout.seconds > 0 ? requestTimeout.seconds : nil,
            onWarning: { Console.error("Warning: \($0)") })
        return Connection(client: client, resolver: ResourceResolver(client))
    }
}

/// The daemon, and what it is known to serve.
struct Connection: Sendable {
    let client: APIClient
    let resolver: ResourceResolver
}

struct NamespaceOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The namespace (default: $BERTH_NAMESPACE, else default).")
    var namespace: String?

    var effective: String { namespace ?? Console.environment("BERTH_NAMESPACE") ?? "default" }
}

struct AllNamespacesOptions: ParsableArguments {
    @Flag(name: [.customShort("A"), .customLong("all-namespaces")], help: "In all namespaces.")
    var allNamespaces = false
}

struct SelectorOptions: ParsableArguments {
    @Option(
        name: [.customShort("l"), .customLong("selector")],
        help: "Only objects whose labels match (a=b, a!=b, a in (b,c)).")
    var selector: String?

    @Option(name: .customLong("field-selector"), help: "Only objects whose fields match (status.phase=Bound).")
    var fieldSelector: String?

    func query(pageSize: Int? = 500) -> ListQuery {
        ListQuery(labelSelector: selector, fieldSelector: fieldSelector, pageSize: pageSize)
    }
}
