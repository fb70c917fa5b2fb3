import ArgumentParser
import Glibc

@main
enum Main {
    static func main() async {
        do {
            var command = try Berth.parseAsRoot(nil)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { Console.error(failure.message) }
            exit(failure.exitCode)
        } catch  where Berth.exitCode(for: error) == .success {
            Console.out(Berth.fullMessage(for: error) + "\n")
            exit(0)
        } catch  where Berth.exitCode(for: error) == .validationFailure {
            Console.error(Berth.fullMessage(for: error))
            exit(1)
        } catch {
            Console.error(ErrorReport.text(error))
            exit(ErrorReport.exitCode(error))
        }
    }
}

struct Berth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "berth",
        abstract: "Runs stateful workloads on this machine: talks to berthd as kubectl talks to a cluster.",
        discussion: """
            berth apply -f examples/tutorial/     create or change what the manifests describe
            berth get pvc,pv,pods                 what there is
            berth describe pod web-0              one object with its events
            berth exec web-0 -- sh                a shell in a pod

            Exit codes: 0 done, 1 error, 2 berthd cannot be reached.
            """,
        version: "berth \(Version.text)",
        subcommands: [
            Apply.self, Create.self, Get.self, Describe.self, Delete.self, Scale.self, Exec.self, Attach.self,
            Logs.self,
            Wait.self, Events.self, Rollout.self, History.self, Diff.self, Label.self, Annotate.self, Patch.self,
            Edit.self, Replace.self, Explain.self, Why.self, VolumeCommand.self, APIResources.self,
            Kubeconfig.self, StatusCommand.self, SnapshotCommand.self, FsckCommand.self, VersionCommand.self,
        ])
}
