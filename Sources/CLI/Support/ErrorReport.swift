import Client
import Objects

/// Errors as the person at the terminal reads them, in kubectl's words where the server is the one who speaks.
enum ErrorReport {
    static func text(_ error: any Error) -> String {
        switch error {
        case let failure as CommandFailure: failure.message
        case let status as Status: text(status)
        case let error as ClientError: error.isUnreachable ? "error: cannot reach berthd: \(error)" : "error: \(error)"
        default: "error: \(error)"
        }
    }

    static func exitCode(_ error: any Error) -> Int32 {
        switch error {
        case let failure as CommandFailure: failure.exitCode
        case let error as ClientError: error.isUnreachable ? 2 : 1
        default: 1
        }
    }

    private static func text(_ status: Status) -> String {
        guard status.reason == "Invalid" else {
            return status.reason.isEmpty
                ? "Error from server: \(status.message)" : "Error from server (\(status.reason)): \(status.message)"
        }
        let subject =
            status.resource.isEmpty ? "The request is invalid" : "The \(status.resource) \"\(status.name)\" is invalid"
        var causes: [String] = []
        for cause in status.causes {
            let line = cause.field.isEmpty ? cause.message : "\(cause.field): \(cause.message)"
            if !causes.contains(line) { causes.append(line) }
        }
        switch causes.count {
        case 0: return "\(subject): \(status.message)"
        case 1: return "\(subject): \(causes[0])"
        default: return "\(subject): \n" + causes.map { "* \($0)" }.joined(separator: "\n")
        }
    }
}

extension Status {
    /// The same error, saying which file it came from (except where its causes say all).
    func fromSource(_ source: String, _ verb: String) -> Status {
        var status = self
        status.message = "error when \(verb) \"\(source)\": \(message)"
        return status
    }
}
