import Objects

/// Collects the lines of `describe`; cells are separated by tabs and aligned at the end.
struct DescribeText {
    private var text = ""

    var aligned: String { ElasticTabs.align(text) }

    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// - Parameter level: two spaces each.
    mutating func line(_ level: Int = 0, _ text: String) {
        self.text += String(repeating: "  ", count: level) + text + "\n"
    }

    mutating func field(_ level: Int = 0, _ name: String, _ value: String?) {
        line(level, "\(name):\t\(Terminal.escaped(value ?? ""))")
    }

    /// Nothing when there is no value.
    mutating func optional(_ level: Int = 0, _ name: String, _ value: String?) {
        if let value, !value.isEmpty { field(level, name, value) }
    }

    /// One entry a line, sorted by key.
    mutating func map(_ level: Int = 0, _ name: String, _ map: [String: String], separator: String = "=") {
        guard !map.isEmpty else { return field(level, name, "<none>") }
        for (index, (key, value)) in map.sorted(by: { $0.key < $1.key }).enumerated() {
            line(level, (index == 0 ? "\(name):" : "") + "\t" + Terminal.escaped(key + separator + value))
        }
    }

    /// As kubectl's: long values below their key, the bookkeeping of apply left out.
    mutating func annotations(_ object: Object) {
        let shown = object.annotations.filter { $0.key != LastApplied.annotation }
        guard !shown.isEmpty else { return field("Annotations", "<none>") }
        for (index, (key, value)) in shown.sorted(by: { $0.key < $1.key }).enumerated() {
            line(0, (index == 0 ? "Annotations:" : "") + "\t" + Self.annotation(key, value))
        }
    }

    private static func annotation(_ key: String, _ value: String) -> String {
        if key.count + value.count + 2 < 140, !value.contains("\n") { return "\(key): \(Terminal.escaped(value))" }
        let short = value.count > 140 ? String(value.prefix(140)) + "..." : value
        return "\(key):\n"
            + short.split(separator: "\n").map { "\t  " + Terminal.escaped(String($0)) }.joined(separator: "\n")
    }

    private mutating func field(_ name: String, _ value: String) { line(0, "\(name):\t\(value)") }

    /// Name, namespace, labels and annotations.
    mutating func head(_ object: Object, namespaced: Bool) {
        field(0, "Name", object.name)
        if namespaced { field(0, "Namespace", object.namespace) }
    }

    mutating func labels(_ object: Object) { map(0, "Labels", object.labels) }

    mutating func deletion(_ object: Object) {
        guard let time = object.deletionTimestamp else { return }
        field(0, "Status", "Terminating (lasts \(Age.since(time)))")
        let grace = object["metadata", "deletionGracePeriodSeconds"]?.integer ?? 0
        field(0, "Termination Grace Period", "\(grace)s")
    }
}

extension Object {
    func text(_ path: String...) -> String? {
        switch json.at(path) {
        case .string(let text)?: text
        case nil, .null?: nil
        case let value?: PrettyJSON.compact(value)
        }
    }

    /// `StatefulSet/web`
    var controller: String? {
        let owners = self["metadata", "ownerReferences"]?.array ?? []
        guard let owner = owners.first(where: { $0["controller"]?.bool == true }) else { return nil }
        return "\(owner["kind"]?.string ?? "")/\(owner["name"]?.string ?? "")"
    }
}

extension JSON {
    /// The text of a scalar member.
    func text(_ path: String...) -> String? {
        switch at(path) {
        case .string(let text)?: text
        case nil, .null?: nil
        case let value?: PrettyJSON.compact(value)
        }
    }
}

/// Access modes as tables and descriptions abbreviate them.
enum AccessModes {
    private static let short = [
        "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
    ]

    static func text(_ modes: JSON?) -> String {
        var seen: [String] = []
        for mode in modes?.array?.compactMap(\.string) ?? [] where !seen.contains(mode) { seen.append(mode) }
        return seen.map { short[$0] ?? $0 }.joined(separator: ",")
    }
}
