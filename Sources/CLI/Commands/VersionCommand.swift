import ArgumentParser
import Client
import Objects

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "The versions of client and server.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Only this client's.") var client = false
    @Option(name: .shortAndLong, help: "json or yaml.") var output: String?

    func run() async throws {
        var versions: JSON = ["clientVersion": ["gitVersion": .string("v" + Version.text), "platform": "linux"]]
        let server: JSON? = client ? nil : try await connection.connect().client.json(.get, "/version")
        if let server { versions["serverVersion"] = server }
        switch try OutputFormat(output) {
        case .json: Console.out(PrettyJSON.text(versions))
        case .yaml: Console.out(YAMLWriter.text(versions))
        case .table:
            Console.line("Client Version: v\(Version.text)")
            if let server { Console.line("Server Version: \(server["gitVersion"]?.string ?? "unknown")") }
        default: throw CommandFailure("error: --output must be 'yaml' or 'json'")
        }
    }
}
