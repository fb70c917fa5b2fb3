import ArgumentParser
import Client
import Objects

struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Why a claim, a volume or a pod is as it is, and what would help.",
        discussion: """
            berth why pvc/data-web-0     each volume in one line: why it was chosen, or what rules it out
            berth why pv/pv-3            who has it, and which waiting claims it would do for
            berth why pod/web-0          its claims, and which nodes they let it run on
            """)

    @Argument(help: "TYPE/NAME or TYPE NAME; TYPE is pvc, pv or pod.")
    var resources: [String]

    @Flag(help: "The answer as JSON.")
    var json = false

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions

    private static let kinds = ["persistentvolumeclaims": "pvc", "persistentvolumes": "pv", "pods": "pod"]

    func run() async throws {
        let berth = connection.connect()
        guard case .objects(let objects) = try await ResourceArguments.resolve(resources, berth.resolver) else {
            throw CommandFailure("error: say which one: berth why pvc/NAME, pv/NAME or pod/NAME")
        }
        var failures = Failures()
        for (resource, name) in objects {
            guard let kind = Self.kinds[resource.resource] else {
                throw CommandFailure("error: \(resource.resource) cannot be explained; use pvc, pv or pod")
            }
            try await failures.collect {
                let path = "/berth/v1/why/\(kind)/\(PercentEncoding.pathSegment(name))"
                let answer = try await berth.client.json(.get, path, query: [("namespace", namespace.effective)])
                Console.out(json ? PrettyJSON.text(answer) : Self.text(answer))
            }
        }
        try failures.finish()
    }

    /// The sentence, a line for each thing that was weighed (`*` marks what was chosen), and what would help.
    static func text(_ answer: JSON) -> String {
        var text = (answer["summary"]?.string ?? "") + "\n"
        var table = TextTable()
        let rows = (answer["lines"]?.array ?? []).map { line in
            [
                (line["chosen"]?.bool == true ? "  * " : "    ") + (line["name"]?.string ?? ""),
                line["text"]?.string ?? "",
            ]
        }
        text += table.text(rows)
        for advice in answer["advice"]?.array ?? [] { text += "  -> \(advice.string ?? "")\n" }
        return text
    }
}
