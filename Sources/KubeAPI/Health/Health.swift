import Objects
import Registry
import Transport

/// One line of `/readyz?verbose`.
package struct HealthCheck: Sendable {
    package var name: String
    /// nil: fine; else what is wrong.
    package var problem: @Sendable () -> String?

    package init(name: String, problem: @escaping @Sendable () -> String?) {
        self.name = name
        self.problem = problem
    }
}

extension APIServer {
    /// As kube-apiserver's health endpoints: `ok`, or 500 and the list of checks.
    func serve(_ route: HealthRoute, _ query: Query, _ call: Call) throws(Status) {
        let name = route.endpoint.rawValue
        var checks = [HealthCheck(name: "ping") { nil }, storeCheck]
        if route.endpoint != .livez { checks += options.checks }
        if !route.check.isEmpty {
            checks = checks.filter { $0.name == route.check }
            if checks.isEmpty { throw .unknownPath() }
        }
        let excluded = Set(query.values("exclude"))
        let results = checks.filter { !excluded.contains($0.name) }.map { (name: $0.name, problem: $0.problem()) }
        let isHealthy = results.allSatisfy { $0.problem == nil }
        if isHealthy, query["verbose"] == nil { return call.answer(Answers.text("ok")) }
        var text = results.map {
            "[\($0.problem == nil ? "+" : "-")]\($0.name) \($0.problem.map { "failed: \($0)" } ?? "ok")\n"
        }
        .joined()
        text += "\(name) check \(isHealthy ? "passed" : "failed")\n"
        call.answer(Answers.text(text, status: isHealthy ? 200 : 500))
    }

    /// A poisoned or closed store refuses reads too.
    private var storeCheck: HealthCheck {
        let registry = registry
        return HealthCheck(name: "store") {
            do throws(Status) {
                _ = try registry.find(ObjectKey(.namespaces, name: "default"))
                return nil
            } catch {
                return error.message
            }
        }
    }
}

/// `/version`
enum VersionInfo {
    static func json(berth version: String) -> JSON {
        [
            "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
            "minCompatibilityMinor": "35", "gitVersion": .string(gitVersion(berth: version)), "gitCommit": "",
            "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "swiftc",
            "platform": .string("linux/\(architecture)"),
        ]
    }

    /// A Kubernetes version, because clients compare it with theirs.
    static func gitVersion(berth version: String) -> String { "v1.36.0+berth.\(version)" }

    private static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }
}
