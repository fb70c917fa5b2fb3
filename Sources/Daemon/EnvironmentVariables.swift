import Glibc

/// The environment without Foundation.
enum EnvironmentVariables {
    static func all() -> [String: String] {
        var values: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let pair = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return values
    }

    static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
