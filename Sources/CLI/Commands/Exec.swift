import ArgumentParser
import Client
import Objects

struct Exec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a command in a container; its exit code becomes this command's.",
        discussion: """
            berth exec web-0 -- ls /usr/share/nginx/html
            berth exec -it web-0 -- sh
            echo hello | berth exec -i web-0 -- tee /tmp/file
            """)

    @Argument(help: "POD or TYPE/NAME.")
    var pod: String

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    @OptionGroup var streams: StreamOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        guard !command.isEmpty else {
            throw CommandFailure(
                "error: you must specify at least one command for the container (berth exec POD -- COMMAND)")
        }
        let berth = connection.connect()
        let found = try await PodFinder(berth: berth, namespace: namespace.effective).pod(pod)
        try streams.check(found, "exec into")
        let container = try PodFinder.container(found, asked: streams.container)
        let tty = streams.usableTerminal()
        let session = try await berth.client.exec(
            namespace: found.namespace, pod: found.name, command: command,
            streams: RemoteStreams(container: container, stdin: streams.stdin, tty: tty))
        try RemoteRunner.finish(try await RemoteRunner(session: session, stdin: streams.stdin, tty: tty).run())
    }
}

struct Attach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connect to the process that a container runs.", discussion: "berth attach -it web-0")

    @Argument(help: "POD or TYPE/NAME.")
    var pod: String

    @OptionGroup var streams: StreamOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let berth = connection.connect()
        let found = try await PodFinder(berth: berth, namespace: namespace.effective).pod(pod)
        try streams.check(found, "attach to")
        let container = try PodFinder.container(found, asked: streams.container)
        let tty = streams.usableTerminal()
        let session = try await berth.client.attach(
            namespace: found.namespace, pod: found.name,
            streams: RemoteStreams(container: container, stdin: streams.stdin, tty: tty))
        try RemoteRunner.finish(try await RemoteRunner(session: session, stdin: streams.stdin, tty: tty).run())
    }
}

struct StreamOptions: ParsableArguments {
    @Flag(name: [.customShort("i"), .long], help: "Pass standard input to the command.")
    var stdin = false

    @Flag(name: [.customShort("t"), .long], help: "Standard input is a terminal.")
    var tty = false

    @Option(name: .shortAndLong, help: "The container (default: the pod's first).")
    var container: String?

    /// A terminal was asked for and there is one.
    func usableTerminal() -> Bool {
        guard tty else { return false }
        if !stdin || !Console.inputIsTerminal {
            Console.error("Unable to use a TTY - input is not a terminal or the right kind of file")
            return false
        }
        return true
    }

    func check(_ pod: Object, _ what: String) throws {
        let phase = pod.text("status", "phase") ?? ""
        guard phase != "Succeeded", phase != "Failed" else {
            throw CommandFailure("error: cannot \(what) a container in a completed pod; current phase is \(phase)")
        }
    }
}
