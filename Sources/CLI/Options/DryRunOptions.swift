import ArgumentParser

enum DryRun: String, ExpressibleByArgument, CaseIterable {
    case none, client, server

    /// What an answer ends with.
    var suffix: String {
        switch self {
        case .none: ""
        case .client: " (dry run)"
        case .server: " (server dry run)"
        }
    }
}

struct DryRunOptions: ParsableArguments {
    @Option(name: .customLong("dry-run"), help: "none, client (send nothing) or server (everything but the write).")
    var mode: DryRun = .none
}
