import ArgumentParser
import Client

struct APIResources: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-resources", abstract: "What the daemon serves.")

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .shortAndLong, help: "wide or name.")
    var output: String?

    @Option(help: "Only those with a namespace (true) or without (false).")
    var namespaced: Bool?

    @Option(name: .customLong("api-group"), help: "Only those of this group.")
    var apiGroup: String?

    @Flag(name: .customLong("no-headers"), help: "No line with the columns' names.")
    var noHeaders = false

    func run() async throws {
        let all = try await connection.connect().resolver.everything()
        let shown = all.filter { resource in
            (namespaced.map { resource.namespaced == $0 } ?? true) && (apiGroup.map { resource.group == $0 } ?? true)
        }.sorted { ($0.group, $0.resource) < ($1.group, $1.resource) }
        if output == "name" {
            for resource in shown {
                Console.line(resource.group.isEmpty ? resource.resource : "\(resource.resource).\(resource.group)")
            }
            return
        }
        let wide = output == "wide"
        let header =
            ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"] + (wide ? ["VERBS", "CATEGORIES"] : [])
        var table = TextTable()
        Console.out(table.text((noHeaders ? [] : [header]) + shown.map { row($0, wide: wide) }))
    }

    private func row(_ resource: APIResource, wide: Bool) -> [String] {
        let cells = [
            resource.resource, resource.shortNames.joined(separator: ","), resource.apiVersion,
            resource.namespaced ? "true" : "false", resource.kind,
        ]
        return cells
            + (wide ? [resource.verbs.joined(separator: ","), resource.categories.joined(separator: ",")] : [])
    }
}
