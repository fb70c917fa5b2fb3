import ArgumentParser
import Client
import Objects

struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a container wrote.",
        discussion: """
            berth logs web-0
            berth logs -f --tail=20 web-0
            berth logs --previous web-0
            berth logs -l app=nginx --prefix
            """)

    @Argument(help: "POD or TYPE/NAME; and the container.")
    var arguments: [String] = []

    @Option(name: .shortAndLong, help: "The container (default: the pod's first).")
    var container: String?

    @Flag(name: .shortAndLong, help: "Go on while the container writes.")
    var follow = false

    @Flag(name: .shortAndLong, help: "Of the container's previous run.")
    var previous = false

    @Flag(help: "The time before each line.")
    var timestamps = false

    @Option(help: "The last lines only; -1 for all (with -l the default is 10).")
    var tail: Int?

    @Option(help: "Not older than this, such as 5m.")
    var since: GoDuration?

    @Option(name: .customLong("since-time"), help: "Not older than this time (RFC 3339).")
    var sinceTime: String?

    @Option(name: .customLong("limit-bytes"), help: "At most so many bytes.")
    var limitBytes: Int?

    @Option(name: [.customShort("l"), .customLong("selector")], help: "Of all pods whose labels match.")
    var selector: String?

    @Flag(name: .customLong("all-containers"), help: "Of all containers of the pod.")
    var allContainers = false

    @Flag(help: "The pod and the container before each line.")
    var prefix = false

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard since == nil || sinceTime == nil else {
            throw ValidationError("at most one of --since or --since-time may be used")
        }
        guard (selector != nil) != !arguments.isEmpty, arguments.count <= 2 else {
            throw ValidationError("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]', or -l SELECTOR")
        }
    }

    private struct Source: Sendable {
        var pod: Object
        var container: String
    }

    func run() async throws {
        let berth = connection.connect()
        let sources = try await sources(PodFinder(berth: berth, namespace: namespace.effective))
        guard follow, sources.count > 1 else {
            for source in sources { try await copy(source, berth.client) }
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources { group.addTask { try await copy(source, berth.client) } }
            try await group.waitForAll()
        }
    }

    private func sources(_ finder: PodFinder) async throws -> [Source] {
        let pods: [Object]
        if let selector {
            pods = try await finder.pods(selector: selector)
            if pods.isEmpty { Console.error("No resources found in \(finder.namespace) namespace.") }
        } else {
            pods = [try await finder.pod(arguments[0])]
        }
        return try pods.flatMap { pod in
            if allContainers { return PodFinder.names(pod).map { Source(pod: pod, container: $0) } }
            let asked = container ?? (arguments.count > 1 ? arguments[1] : nil)
            return [Source(pod: pod, container: try PodFinder.container(pod, asked: asked))]
        }
    }

    private func copy(_ source: Source, _ client: APIClient) async throws {
        let body = try await client.logs(namespace: source.pod.namespace, pod: source.pod.name, query: query(source))
        guard prefix else {
            for try await bytes in body { Console.out(bytes) }
            return
        }
        let mark = Array("[pod/\(source.pod.name)/\(source.container)] ".utf8)
        var lines = LineSplitter(limit: 16 << 20)
        for try await bytes in body {
            lines.append(bytes)
            while let line = try lines.next() { Console.out(mark + line + [UInt8(ascii: "\n")]) }
        }
        let rest = lines.rest()
        if !rest.isEmpty { Console.out(mark + rest + [UInt8(ascii: "\n")]) }
    }

    private func query(_ source: Source) -> LogQuery {
        var query = LogQuery()
        query.container = source.container
        query.follow = follow
        query.previous = previous
        query.timestamps = timestamps
        query.tailLines = tail.map { $0 < 0 ? nil : $0 } ?? (tail == nil && selector != nil ? 10 : nil)
        query.sinceSeconds = since.map { Int($0.seconds.rounded(.up)) }
        query.sinceTime = sinceTime
        query.limitBytes = limitBytes
        return query
    }
}
