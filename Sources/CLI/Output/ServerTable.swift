import Objects

/// What `get` shows of a table besides its columns.
struct TableOptions: Sendable {
    var wide = false
    var headers = true
    var namespaceColumn = false
    var showLabels = false
    /// Labels with a column of their own.
    var labelColumns: [String] = []
    /// Put before each name when several kinds are listed: `pod/`.
    var namePrefix = ""
}

/// The `Table` that the server makes of a list (meta.k8s.io/v1), as rows of text.
struct ServerTable {
    static let accept =
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

    private(set) var columns: [Column] = []

    struct Column {
        var name: String
        var isWide: Bool
        var isName: Bool
    }

    /// Keeps the columns for tables that come without: a watch sends them once.
    mutating func adopt(_ table: JSON) {
        guard let definitions = table["columnDefinitions"]?.array, !definitions.isEmpty else { return }
        columns = definitions.map {
            Column(
                name: $0["name"]?.string ?? "", isWide: ($0["priority"]?.integer ?? 0) > 0,
                isName: $0["format"]?.string == "name")
        }
    }

    func header(_ options: TableOptions) -> [String] {
        var cells = options.namespaceColumn ? ["NAMESPACE"] : []
        cells += columns.filter { options.wide || !$0.isWide }.map { $0.name.uppercased() }
        cells += options.labelColumns.map { ($0.split(separator: "/").last.map(String.init) ?? $0).uppercased() }
        if options.showLabels { cells.append("LABELS") }
        return cells
    }

    func rows(_ table: JSON, _ options: TableOptions) -> [[String]] {
        (table["rows"]?.array ?? []).map { row($0, options) }
    }

    private func row(_ row: JSON, _ options: TableOptions) -> [String] {
        let object = Object(row["object"] ?? .object(JSONObject()))
        var cells = options.namespaceColumn ? [object.namespace] : []
        for (column, value) in zip(columns, row["cells"]?.array ?? []) where options.wide || !column.isWide {
            cells.append((column.isName ? options.namePrefix : "") + Self.cell(value))
        }
        cells += options.labelColumns.map { object.label($0) ?? "" }
        if options.showLabels { cells.append(LabelText.list(object.labels)) }
        return cells
    }

    /// One line a row: what follows a line break is cut off, and control characters do not reach the terminal.
    private static func cell(_ value: JSON) -> String {
        switch value {
        case .null: return ""
        case .string(let text):
            guard let end = text.firstIndex(where: \.isNewline) else { return Terminal.escaped(text) }
            return Terminal.escaped(String(text[..<end])) + "..."
        default: return PrettyJSON.compact(value)
        }
    }
}

enum LabelText {
    /// `a=b,c=d`, sorted; `<none>` without any.
    static func list(_ labels: [String: String]) -> String {
        labels.isEmpty ? "<none>" : labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",")
    }
}

enum Terminal {
    /// Control characters could move the cursor or rewrite what was printed before: they are shown as `^X`, those of the
    /// second set (C1) as `\u{9b}`.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            guard isControl(scalar) else { return result.unicodeScalars.append(scalar) }
            guard scalar.value < 0x80, let visible = Unicode.Scalar(scalar.value ^ 0x40) else {
                return result += "\\u{\(String(scalar.value, radix: 16))}"
            }
            result += "^"
            result.unicodeScalars.append(visible)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\t" || 0x7f...0x9f ~= scalar.value
    }
}
