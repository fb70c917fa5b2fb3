package import Objects

/// What stands in for images: the process engine pulls none, it runs programs that are on this machine.
///
///     {"images": [{"pattern": "nginx", "root": "/", "command": ["busybox", "httpd", "-f"], "args": []}]}
///
/// `pattern` is compared with the image's name: `*` stands for anything, a pattern without `:` matches every tag,
/// `docker.io/library/` may be missing. `command` and `args` are what ENTRYPOINT and CMD are to an image.
package struct ImageTable: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var pattern: String
        package var root: String
        package var command: [String]
        package var args: [String]
        package var environment: [String]
        package var workingDirectory: String?
        package var user: UInt32?
    }

    package var entries: [Entry]

    /// Read when no other is named; the only one that may be missing.
    package static let defaultFile = "/etc/berth/images.json"

    /// - Throws: `NodeError` that says which entry is wrong and how
    package init(_ json: JSON, file: String) throws(NodeError) {
        guard let list = json["images"]?.array else {
            throw NodeError(.image, "\(file): expected an object with a list \"images\"")
        }
        entries = []
        for (index, json) in list.enumerated() {
            guard let pattern = json["pattern"]?.string, !pattern.isEmpty else {
                throw NodeError(.image, "\(file): images[\(index)] has no pattern")
            }
            let root = json["root"]?.string ?? "/"
            guard root.hasPrefix("/"), !root.contains(where: { ",:\\".contains($0) }) else {
                throw NodeError(.image, "\(file): images[\(index)].root must be an absolute path without , : and \\")
            }
            entries.append(
                Entry(
                    pattern: pattern, root: root, command: Self.strings(json["command"]),
                    args: Self.strings(json["args"]),
                    environment: Self.strings(json["env"]), workingDirectory: json["workingDir"]?.string,
                    user: json["user"]?.integer.flatMap { UInt32(exactly: $0) }))
        }
    }

    /// An empty table: only containers with a command run.
    package init() { entries = [] }

    /// Reads the file anew, so that an entry added while the node runs is seen at the next try.
    package static func read(_ file: String?) throws(NodeError) -> ImageTable {
        guard let file else { return ImageTable() }
        guard let bytes = try Files.read(file) else {
            if file == defaultFile { return ImageTable() }
            throw NodeError(.image, "the image table \(file) does not exist")
        }
        let json: JSON
        do { json = try JSONParser.parse(bytes) } catch { throw NodeError(.image, "\(file): \(error)") }
        return try ImageTable(json, file: file)
    }

    package func entry(for image: String) -> Entry? {
        let name = Self.trimmed(image)
        return entries.first { entry in
            let pattern = Self.trimmed(entry.pattern)
            return Self.matches(pattern, name) || !Self.hasTag(pattern) && Self.matches(pattern, Self.untagged(name))
        }
    }

    private static func strings(_ json: JSON?) -> [String] { json?.array?.compactMap(\.string) ?? [] }

    private static func trimmed(_ image: String) -> String {
        for prefix in ["docker.io/library/", "docker.io/"] where image.hasPrefix(prefix) {
            return String(image.dropFirst(prefix.count))
        }
        return image
    }

    private static func hasTag(_ image: String) -> Bool { untagged(image) != image }

    /// Without `@digest` and `:tag`; a colon before a slash is a registry's port.
    private static func untagged(_ image: String) -> String {
        let name = image.split(separator: "@", maxSplits: 1).first.map(String.init) ?? image
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return name }
        return String(name[..<colon])
    }

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return pattern == text }
        guard text.hasPrefix(first), text.hasSuffix(last), text.count >= first.count + last.count else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
