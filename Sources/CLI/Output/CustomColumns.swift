import Objects

/// `-o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName`
struct CustomColumns {
    private let columns: [(header: String, path: JSONPath)]

    init(_ specification: String) throws(JSONPathError) {
        var columns: [(header: String, path: JSONPath)] = []
        for part in Self.split(specification) {
            guard let colon = part.firstIndex(of: ":"), colon != part.startIndex else {
                throw JSONPathError(
                    description: "unexpected custom-columns spec: \(part), expected <header>:<json-path-expr>")
            }
            let path = try JSONPath(relaxed: String(part[part.index(after: colon)...]))
            columns.append((String(part[..<colon]), path))
        }
        guard !columns.isEmpty else {
            throw JSONPathError(description: "custom-columns format specified but no custom columns given")
        }
        self.columns = columns
    }

    /// At the commas that are not inside of brackets.
    private static func split(_ text: String) -> [String] {
        var (parts, depth) = ([""], 0)
        for character in text {
            depth += "[({".contains(character) ? 1 : "])}".contains(character) ? -1 : 0
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.filter { !$0.isEmpty }
    }

    var header: [String] { columns.map(\.header) }

    func row(_ object: JSON) -> [String] {
        columns.map { column in
            let values = column.path.values(object).filter { !$0.isNull }
            return values.isEmpty ? "<none>" : values.map(JSONPath.display).joined(separator: ",")
        }
    }
}
