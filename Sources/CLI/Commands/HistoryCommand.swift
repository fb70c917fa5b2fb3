import ArgumentParser
import Client
import Objects

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What became of an object: what changed when, and by whom.",
        discussion: """
            berth history sts/web              a StatefulSet with the pods, claims and revisions that it ever had
            berth history pvc www-web-0        one object
            berth get sts/web -o yaml --at-revision=N
            berth diff sts/web --revision=A..B

            It reaches back as far as the daemon keeps revisions (--retention-age, --retention-revisions of berthd).
            """)

    @OptionGroup var target: RolloutTarget

    @Option(help: "Show at most so many changes, the newest ones.")
    var limit = 50

    @Flag(help: "Of a StatefulSet only its own changes.")
    var only = false

    func run() async throws {
        guard limit > 0 else { throw CommandFailure("error: --limit must be 1 or more") }
        let berth = target.connection.connect()
        guard case .objects(let named) = try await ResourceArguments.resolve(target.resources, berth.resolver) else {
            throw CommandFailure("error: required resource not specified (TYPE/NAME)")
        }
        for (index, (resource, name)) in named.enumerated() {
            if index > 0 { Console.line("") }
            try await show(resource, name, berth)
        }
    }

    private func show(_ resource: APIResource, _ name: String, _ berth: Connection) async throws {
        let namespace = target.namespace.effective
        let (own, oldest) = try await berth.client.history(resource, namespace: namespace, name: name)
        guard !own.isEmpty else {
            throw CommandFailure(
                "error: nothing is remembered of \(resource.named(name)): it does not exist, or what there was is "
                    + "older than revision \(oldest)")
        }
        var lines = HistoryLine.all(own, of: resource.named(name), oldest: oldest)
        if resource.kind == "StatefulSet", !only {
            for (related, name) in SetStory(own.compactMap(\.object)).keys {
                let resource = try await berth.resolver.resource(named: related.description)
                let (changes, _) = try await berth.client.history(resource, namespace: namespace, name: name)
                lines += HistoryLine.all(changes, of: "\(resource.singular)/\(name)", oldest: oldest)
            }
        }
        lines.sort { ($0.revision, $0.subject) < ($1.revision, $1.subject) }
        if lines.count > limit { Console.error("(\(lines.count - limit) older changes: --limit=\(lines.count))") }
        let rows = lines.suffix(limit).map { line in
            ["\(line.revision)", line.time ?? "<unknown>", line.by, line.subject, line.text]
        }
        var table = TextTable()
        Console.out(table.text([["REVISION", "TIME", "BY", "OBJECT", "CHANGE"]] + rows))
    }
}

/// A change as it is shown.
struct HistoryLine: Hashable {
    var revision: Int64
    var time: String?
    var by: String
    var subject: String
    var text: String

    /// - Parameter changes: newest first.
    static func all(_ changes: [RecordedChange], of subject: String, oldest: Int64) -> [HistoryLine] {
        changes.indices.map { index in
            let change = changes[index]
            let before = index + 1 < changes.count ? changes[index + 1].object : nil
            // What was there when history began was made at some time before.
            let isOldest = index + 1 == changes.count && change.object != nil && change.revision <= oldest && oldest > 1
            let text = isOldest ? "as it was then" : ChangeSummary.text(before: before, after: change.object)
            return HistoryLine(
                revision: change.revision, time: change.time, by: who(change.origin), subject: subject, text: text)
        }
    }

    /// `root berth` is root by way of berth; a controller is known by its own name.
    static func who(_ origin: String) -> String {
        let words = origin.split(separator: " ").map(String.init)
        guard let user = words.first else { return "<unknown>" }
        let controller = "system:controller:"
        if user.hasPrefix(controller) { return String(user.dropFirst(controller.count)) }
        return words.count > 1 ? "\(user) (\(words[1]))" : user
    }
}
