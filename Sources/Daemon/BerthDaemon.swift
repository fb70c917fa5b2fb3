import ArgumentParser
import Glibc

/// `berthd`: reads its configuration, opens the store, serves.
@main
struct BerthDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "berthd",
        abstract: "Keeps Kubernetes objects for one machine, binds claims to volumes and runs StatefulSets.",
        discussion: """
            Every flag can also be set by a variable: --data-dir is BERTHD_DATA_DIR. Flags win over variables, variables \
            over the configuration file. Exit status: 0 stopped as asked, 64 wrong usage or configuration, 69 a socket \
            is taken or cannot be made, 70 it could not start its parts, 73 the data directory cannot be used, 74 the \
            disk failed.
            """,
        version: BerthVersion.text)

    @OptionGroup var flags: DaemonFlags

    func run() async throws {
        let settings: Settings
        do {
            settings = try Settings.load(flags, environment: EnvironmentVariables.all())
        } catch {
            throw stop("\(error)", .usage)
        }
        if flags.checkConfig {
            print(settings.summary)
            return
        }
        let log = DaemonLog(level: settings.logLevel)
        do {
            try await DaemonProcess.run(settings, log)
        } catch {
            log.error("\(error.message)")
            throw ExitCode(error.code.rawValue)
        }
    }

    private func stop(_ message: String, _ code: ExitStatus) -> ExitCode {
        DaemonLog(level: .info).error(message)
        return ExitCode(code.rawValue)
    }
}

enum BerthVersion {
    static let text = "0.1.0"
}

/// As sysexits.h.
enum ExitStatus: Int32, Sendable {
    case usage = 64
    case unavailable = 69
    case cannotCreate = 73
    case input = 74
    case software = 70
}

/// Why the daemon could not start or had to stop.
struct DaemonError: Error, Sendable {
    var message: String
    var code: ExitStatus
}
