import ArgumentParser
import Client
import Objects

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete objects, and wait until they are gone.",
        discussion: """
            berth delete pod web-0
            berth delete -f examples/tutorial/
            berth delete pods -l app=nginx
            berth delete pvc --all
            """)

    @Argument(help: "TYPE NAME..., TYPE/NAME..., or TYPE with -l, --field-selector or --all.")
    var resources: [String] = []

    @OptionGroup var files: FilenameOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var everywhere: AllNamespacesOptions
    @OptionGroup var selectors: SelectorOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "All objects of the types.")
    var all = false

    @Option(help: "Whether to wait until the objects are gone.")
    var wait = true

    @Option(help: "How long to wait; 0 for ever.")
    var timeout = GoDuration(seconds: 0)

    @Option(
        name: .customLong("grace-period"),
        help: "Seconds a pod gets to end by itself; -1: as the pod says; 0 only with --force.")
    var gracePeriod: Int64 = -1

    @Flag(help: "Do not wait for pods to end: the object goes at once.")
    var force = false

    @Flag(help: "One second of grace.")
    var now = false

    @Option(help: "What becomes of dependents: background, foreground or orphan.")
    var cascade = Cascade.background

    @Flag(name: .customLong("ignore-not-found"), help: "A missing object is no error.")
    var ignoreNotFound = false

    @Option(name: .shortAndLong, help: "name: print names only.")
    var output: String?

    enum Cascade: String, ExpressibleByArgument, CaseIterable {
        case background, foreground, orphan
    }

    func run() async throws {
        let options = try deletionOptions()
        let berth = connection.connect()
        var failures = Failures()
        let victims = try await victims(berth, &failures)
        var deleted: [Victim] = []
        for victim in victims {
            try await failures.collect {
                if let gone = try await delete(victim, options, berth.client) { deleted.append(gone) }
            }
        }
        if victims.isEmpty, files.filename.isEmpty { Console.error("No resources found") }
        if wait, dryRun.mode == .none {
            let deadline = timeout.seconds > 0 ? ContinuousClock.now + .seconds(timeout.seconds) : nil
            for victim in deleted {
                try await failures.collect {
                    try await DeletionWaiter(berth.client, deadline: deadline)
                        .wait(victim.resource, namespace: victim.namespace, name: victim.name, uid: victim.uid)
                }
            }
        }
        try failures.finish()
    }

    private func deletionOptions() throws -> DeletionOptions {
        var grace = gracePeriod
        if now {
            guard grace < 0 else {
                throw CommandFailure("error: --now and --grace-period cannot be specified together")
            }
            grace = 1
        }
        if force, grace < 0 { grace = 0 }
        if grace == 0, !force {
            // As kubectl: without --force the API gets one second, so that the pod's end is confirmed.
            grace = 1
        }
        if force, grace == 0 {
            Console.error(
                "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated."
                    + " The resource may continue to run indefinitely.")
        }
        let propagation: DeletionOptions.Propagation =
            switch cascade {
            case .background: .background
            case .foreground: .foreground
            case .orphan: .orphan
            }
        return DeletionOptions(
            propagation: propagation, gracePeriod: grace < 0 ? nil : grace, dryRun: dryRun.mode == .server)
    }

    private struct Victim {
        var resource: APIResource
        var namespace: String
        var name: String
        var uid = ""
    }

    private func victims(_ berth: Connection, _ failures: inout Failures) async throws -> [Victim] {
        if !files.filename.isEmpty {
            var victims: [Victim] = []
            for manifest in try files.load() {
                let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
                victims.append(Victim(resource: target.resource, namespace: target.namespace, name: target.object.name))
            }
            return victims
        }
        switch try await ResourceArguments.resolve(resources, berth.resolver) {
        case .objects(let objects):
            return objects.map {
                Victim(
                    resource: $0.resource, namespace: $0.resource.namespaced ? namespace.effective : "", name: $0.name)
            }
        case .kinds(let kinds):
            guard all || selectors.selector != nil || selectors.fieldSelector != nil else {
                throw CommandFailure("error: resource(s) were provided, but no name was specified")
            }
            return try await selected(kinds, berth.client, &failures)
        }
    }

    private func selected(_ kinds: [APIResource], _ client: APIClient, _ failures: inout Failures) async throws
        -> [Victim]
    {
        var victims: [Victim] = []
        let scope = everywhere.allNamespaces ? nil : namespace.effective
        for kind in kinds {
            try await failures.collect {
                let list = try await client.list(kind, namespace: scope, query: selectors.query())
                victims += list.items.map { Victim(resource: kind, namespace: $0.namespace, name: $0.name) }
            }
        }
        return victims
    }

    /// Nil: it was not there, and that is no error.
    private func delete(_ victim: Victim, _ options: DeletionOptions, _ client: APIClient) async throws -> Victim? {
        var victim = victim
        if dryRun.mode == .client {
            victim.uid = try await client.get(victim.resource, namespace: victim.namespace, name: victim.name).uid
        } else {
            do {
                let answer = try await client.delete(
                    victim.resource, namespace: victim.namespace, name: victim.name, options: options)
                victim.uid = answer.at("metadata", "uid")?.string ?? answer.at("details", "uid")?.string ?? ""
            } catch let status as Status where status.code == 404 && ignoreNotFound {
                return nil
            }
        }
        report(victim)
        return victim
    }

    private func report(_ victim: Victim) {
        if output == "name" { return Console.line(victim.resource.named(victim.name)) }
        let verb = force && gracePeriod <= 0 ? "force deleted" : "deleted"
        let place = victim.namespace.isEmpty ? "" : " from \(victim.namespace) namespace"
        Console.line("\(victim.resource.qualifiedSingular) \"\(victim.name)\" \(verb)\(place)\(dryRun.mode.suffix)")
    }
}
