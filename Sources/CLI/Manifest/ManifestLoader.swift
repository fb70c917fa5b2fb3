import Glibc
import Objects

/// An object of a manifest, and where it stands.
struct ManifestObject: Sendable {
    var object: Object
    /// The file as it was named on the command line; `STDIN` for the standard input.
    var source: String
    var line: Int
}

/// Reads the files, folders and streams that `-f` names.
enum ManifestLoader {
    private static let extensions: Set = ["json", "yaml", "yml"]
    private static let sizeLimit = 64 << 20

    /// All objects in the order of the arguments; a folder's files by name, lists as their items.
    static func load(_ names: [String], recursive: Bool) throws -> [ManifestObject] {
        var objects: [ManifestObject] = []
        for name in names {
            if name == "-" {
                objects += try parse(try read(descriptor: STDIN_FILENO, name: "STDIN"), source: "STDIN")
            } else {
                for path in try files(name, recursive: recursive) { objects += try parse(try read(path), source: path) }
            }
        }
        guard !objects.isEmpty else { throw CommandFailure("error: no objects passed to \(verb)") }
        return objects
    }

    private static let verb = "the command"

    static func parse(_ text: String, source: String) throws -> [ManifestObject] {
        let documents: [ManifestDocument]
        do {
            documents = try YAMLReader.documents(text)
        } catch {
            throw CommandFailure("error: error parsing \(source): \(error)")
        }
        return try documents.flatMap { try expand($0.value, source, $0.line) }
    }

    private static func expand(_ value: JSON, _ source: String, _ line: Int) throws -> [ManifestObject] {
        guard value.object != nil else {
            throw CommandFailure("error: \(source), line \(line): a manifest is an object with apiVersion and kind")
        }
        let object = Object(value)
        for (field, text) in [("apiVersion", object.apiVersion), ("kind", object.kind)] where text.isEmpty {
            throw CommandFailure("error: error validating \"\(source)\": line \(line): \(field) not set")
        }
        if object.kind.hasSuffix("List"), let items = value["items"]?.array {
            return try items.flatMap { try expand($0, source, line) }
        }
        return [ManifestObject(object: object, source: source, line: line)]
    }

    private static func files(_ name: String, recursive: Bool) throws -> [String] {
        var info = stat()
        guard stat(name, &info) == 0 else {
            if name.contains("://") {
                throw CommandFailure("error: \(name): manifests are read from files, not from the network")
            }
            throw CommandFailure(
                errno == ENOENT
                    ? "error: the path \"\(name)\" does not exist"
                    : "error: \(name): \(String(cString: strerror(errno)))")
        }
        guard info.st_mode & S_IFMT == S_IFDIR else { return [name] }
        return try folder(name, recursive: recursive)
    }

    private static func folder(_ name: String, recursive: Bool) throws -> [String] {
        guard let handle = opendir(name) else {
            throw CommandFailure("error: \(name): \(String(cString: strerror(errno)))")
        }
        defer { closedir(handle) }
        var entries: [String] = []
        while let entry = readdir(handle) {
            entries.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        let base = name.hasSuffix("/") ? name : name + "/"
        var files: [String] = []
        for entry in entries.sorted() where entry != "." && entry != ".." {
            var info = stat()
            guard stat(base + entry, &info) == 0 else { continue }
            if info.st_mode & S_IFMT == S_IFDIR {
                if recursive { files += try folder(base + entry, recursive: true) }
            } else if extensions.contains(entry.split(separator: ".").last.map(String.init) ?? "") {
                files.append(base + entry)
            }
        }
        return files
    }

    static func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure("error: \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, name: path)
    }

    private static func read(descriptor: Int32, name: String) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure("error: \(name): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= sizeLimit else {
                throw CommandFailure("error: \(name): more than \(sizeLimit >> 20) MiB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure("error: \(name): not UTF-8 text")
        }
        return text
    }
}
