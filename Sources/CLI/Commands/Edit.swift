import ArgumentParser
import Client
import Glibc
import Objects

struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change an object in an editor ($KUBE_EDITOR, $EDITOR, else vi).",
        discussion: "berth edit pvc pv-claim")

    @Argument(help: "TYPE NAME or TYPE/NAME.")
    var resources: [String] = []

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var validation: ValidationOptions

    func run() async throws {
        let berth = connection.connect()
        guard case .objects(let objects) = try await ResourceArguments.resolve(resources, berth.resolver) else {
            throw CommandFailure("error: resource(s) were provided, but no name was specified")
        }
        for (resource, name) in objects {
            let space = resource.namespaced ? namespace.effective : ""
            var object = try await berth.client.get(resource, namespace: space, name: name)
            object["metadata", "managedFields"] = nil
            try await edit(resource, object, berth.client)
        }
    }

    /// Opens the editor again with the reason on top until the server takes the object, or nothing is changed.
    private func edit(_ resource: APIResource, _ original: Object, _ client: APIClient) async throws {
        let originalText = YAMLWriter.text(original.json)
        var text = originalText
        var reason = ""
        while true {
            let shown = Self.head(reason) + text
            let edited = try Editor.edit(shown)
            text = edited.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }.joined(
                separator: "\n")
            guard edited != shown || reason.isEmpty else {
                throw CommandFailure("error: Edit cancelled, no valid changes were saved.\n\(reason)")
            }
            guard text.trimmingEndingNewlines != originalText.trimmingEndingNewlines,
                !text.trimmingEndingNewlines.isEmpty
            else {
                return Console.line("Edit cancelled, no changes made.")
            }
            do {
                try await write(text, resource, original, client)
                return Console.line("\(resource.named(original.name)) edited")
            } catch {
                reason = ErrorReport.text(error)
            }
        }
    }

    private func write(_ text: String, _ resource: APIResource, _ original: Object, _ client: APIClient) async throws {
        guard let value = try ManifestLoader.parse(text, source: "edited object").first?.object.json else { return }
        let schema = PatchShape.builtin(APIResourceName(apiVersion: resource.apiVersion, kind: resource.kind))
        let patch = ThreeWayDiff.patch(
            lastApplied: original.json, wanted: value, current: original.json, shape: schema ?? .untyped)
        _ = try await client.patch(
            resource, namespace: original.namespace, name: original.name, type: schema == nil ? .merge : .strategic,
            patch: patch, query: WriteQuery(fieldManager: "kubectl-edit", fieldValidation: validation.value))
    }

    private static func head(_ reason: String) -> String {
        let lines = [
            "Please edit the object below. Lines beginning with a '#' will be ignored,",
            "and an empty file will abort the edit. If an error occurs while saving this file will be",
            "reopened with the relevant failures.", "",
        ]
        let failures = reason.isEmpty ? [] : reason.split(separator: "\n").map(String.init) + [""]
        return (lines + failures).map { "# \($0)".trimmingEndingNewlines + "\n" }.joined()
    }
}

/// The person's editor on a temporary file.
enum Editor {
    static func edit(_ text: String) throws -> String {
        let folder = Console.environment("TMPDIR") ?? "/tmp"
        var template = Array("\(folder)/berth-edit-XXXXXX.yaml".utf8CString)
        let descriptor = mkstemps(&template, 5)
        guard descriptor >= 0 else { throw CommandFailure("error: \(folder): \(String(cString: strerror(errno)))") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let bytes = Array(text.utf8)
        let written = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard written == bytes.count else {
            throw CommandFailure("error: \(path): \(String(cString: strerror(errno)))")
        }
        let editor = Console.environment("KUBE_EDITOR") ?? Console.environment("EDITOR") ?? "vi"
        try run(editor, path)
        return try ManifestLoader.read(path)
    }

    private static func run(_ editor: String, _ path: String) throws {
        let words = ["sh", "-c", "\(editor) \"$1\"", "sh", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        let failure = posix_spawn(&child, "/bin/sh", nil, nil, &arguments, environ)
        guard failure == 0 else {
            throw CommandFailure("error: cannot start \(editor): \(String(cString: strerror(failure)))")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw CommandFailure("error: there was a problem with the editor \"\(editor)\"") }
    }
}
