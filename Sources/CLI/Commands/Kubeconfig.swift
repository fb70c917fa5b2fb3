import ArgumentParser
import Client
import Glibc
import Objects

/// kubectl and its relatives know no Unix sockets; this writes the file that takes them to `berthd --listen`.
struct Kubeconfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A kubeconfig file for kubectl, Helm and client libraries.",
        discussion: """
            berthd must listen on TCP (berthd --listen 127.0.0.1:6443). The file holds credentials of the user who runs \
            this command, with the rights that the user has on the Unix socket now.

                berth kubeconfig > ~/.kube/berth
                kubectl --kubeconfig ~/.kube/berth get pods
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(name: .shortAndLong, help: "Write to this file, readable by its owner only, instead of standard output.")
    var output: String?
    @Flag(help: "A token instead of a client certificate: its rights follow the user's groups from then on.")
    var token = false
    @Option(help: "How long the credentials are good, such as 24h (default: a year).")
    var duration: GoDuration?
    @Option(help: "The address to write, if clients reach berthd by another one than it listens on.")
    var server: String?

    func run() async throws {
        var request: JSON = ["token": .bool(token)]
        if let duration { request["expirationSeconds"] = .integer(Int64(duration.seconds)) }
        let answer = try await connection.connect().client.json(.post, "/berth/v1/credentials", body: request)
        let text = try PrettyKubeconfig.text(answer, server: server)
        guard let output else { return Console.out(text) }
        try Self.write(text, to: output)
    }

    /// A new file that takes the place of an old one: who has the old one open, or may read it, does not see the key.
    /// What is no file (/dev/stdout, a FIFO) is written to as it is.
    static func write(_ text: String, to path: String) throws {
        let path = resolved(path)
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return try write(text, open(path, O_WRONLY | O_CLOEXEC), path)
        }
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        do {
            try write(text, open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600), path)
            guard rename(temporary, path) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// A link stays one: the file behind it is replaced.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func write(_ text: String, _ descriptor: CInt, _ path: String) throws {
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        if !WholeWrite.write(Array(text.utf8), to: descriptor) { throw failure(path) }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("error: cannot write \(path): \(String(cString: strerror(errno)))")
    }
}

/// The file of https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/.
enum PrettyKubeconfig {
    static func text(_ credentials: JSON, server: String?) throws -> String {
        func field(_ name: String) throws -> String {
            guard let text = credentials[name]?.string else {
                throw CommandFailure("error: the server's answer has no \(name)")
            }
            return text
        }
        func encoded(_ name: String) throws -> JSON { .string(Base64.encode(Array(try field(name).utf8))) }
        let user: JSON =
            credentials["token"] == nil
            ? [
                "client-certificate-data": try encoded("clientCertificate"),
                "client-key-data": try encoded("clientKey"),
            ] : ["token": .string(try field("token"))]
        return YAMLWriter.text([
            "apiVersion": "v1", "kind": "Config", "current-context": "berth",
            "clusters": [
                [
                    "name": "berth",
                    "cluster": [
                        "server": .string(try server ?? field("server")),
                        "certificate-authority-data": try encoded("certificateAuthority"),
                    ],
                ]
            ],
            "contexts": [["name": "berth", "context": ["cluster": "berth", "user": .string(try field("user"))]]],
            "users": [["name": .string(try field("user")), "user": user]],
        ])
    }
}
