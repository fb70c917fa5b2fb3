import Objects

/// Reads the YAML that manifests are written in: one document of block and flow mappings and sequences, plain, quoted
/// and block scalars, comments. Anchors, aliases and tags are refused: no manifest needs them, and aliases are how a
/// few bytes become gigabytes. Plain scalars mean what YAML 1.1 says, as for kube-apiserver (sigs.k8s.io/yaml).
struct YAMLParser {
    struct Document: Sendable {
        var value: JSON
        /// Paths of keys that came twice; the last one counts.
        var duplicates: [String]
    }

    static let maximumDepth = 100

    private var lines: YAMLLines
    private var duplicates: [String] = []
    private var depth = 0

    static func parse(_ bytes: [UInt8]) throws(YAMLError) -> Document {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw YAMLError(line: 1, message: "the text is not UTF-8")
        }
        var parser = YAMLParser(lines: YAMLLines(bytes))
        try parser.lines.skipToDocument()
        let value = try parser.block(atLeast: 0, path: "")
        try parser.lines.expectEnd()
        return Document(value: value, duplicates: parser.duplicates)
    }

    // MARK: Block structure

    /// The node that begins on the next line that says something, if that is indented enough; null otherwise.
    private mutating func block(atLeast minimum: Int, path: String) throws(YAMLError) -> JSON {
        guard let indent = try lines.nextIndent(), indent >= minimum else { return .null }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw lines.error("nested deeper than \(Self.maximumDepth) levels") }
        if lines.beginsEntry { return try sequence(indent, path: path) }
        if try lines.beginsPair() { return try mapping(indent, path: path) }
        return try value(indent: minimum - 1, path: path)
    }

    private mutating func sequence(_ indent: Int, path: String) throws(YAMLError) -> JSON {
        var elements: [JSON] = []
        while let next = try lines.nextIndent(), next == indent, lines.beginsEntry {
            lines.takeDash()
            elements.append(
                lines.isAtEndOfLine
                    ? try nested(in: indent, path: "\(path)[\(elements.count)]")
                    : try block(atLeast: indent + 1, path: "\(path)[\(elements.count)]"))
        }
        try checkNoDeeper(than: indent)
        return .array(elements)
    }

    private mutating func mapping(_ indent: Int, path: String) throws(YAMLError) -> JSON {
        var object = JSONObject()
        while let next = try lines.nextIndent(), next == indent, !lines.beginsEntry {
            guard try lines.beginsPair() else { throw lines.error("could not find expected ':'") }
            let key = try lines.takeKey()
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            let value =
                lines.isAtEndOfLine
                ? try mappingValue(indent, path: keyPath) : try value(indent: indent, path: keyPath)
            if object[key] != nil { duplicates.append(keyPath) }
            object[key] = value
        }
        try checkNoDeeper(than: indent)
        return .object(object)
    }

    private mutating func nested(in indent: Int, path: String) throws(YAMLError) -> JSON {
        lines.endLine()
        return try block(atLeast: indent + 1, path: path)
    }

    /// On the lines after the key; a sequence may stand at the key's own indentation.
    private mutating func mappingValue(_ indent: Int, path: String) throws(YAMLError) -> JSON {
        lines.endLine()
        if let next = try lines.nextIndent(), next == indent, lines.beginsEntry {
            return try sequence(indent, path: path)
        }
        return try block(atLeast: indent + 1, path: path)
    }

    private mutating func checkNoDeeper(than indent: Int) throws(YAMLError) {
        if let next = try lines.nextIndent(), next > indent { throw lines.error("did not find expected key") }
    }

    // MARK: Values

    /// A value that begins on the present line, of a node indented by `indent`.
    private mutating func value(indent: Int, path: String) throws(YAMLError) -> JSON {
        switch lines.current {
        case UInt8(ascii: "|"), UInt8(ascii: ">"): return .string(try lines.takeBlockScalar(parent: indent))
        case UInt8(ascii: "&"), UInt8(ascii: "*"): throw lines.error("anchors and aliases are not accepted")
        case UInt8(ascii: "!"): throw lines.error("tags are not accepted")
        case UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
            throw lines.error("found character that cannot start any token")
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let text = try lines.takeQuoted()
            try lines.expectEndOfLine()
            return .string(text)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            let value = try flow(path: path)
            try lines.expectEndOfLine()
            return value
        default: return try YAMLScalar.resolve(try lines.takePlain(parent: indent), line: lines.number)
        }
    }

    private mutating func flow(path: String) throws(YAMLError) -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw lines.error("nested deeper than \(Self.maximumDepth) levels") }
        try lines.skipFlowSpace()
        switch lines.current {
        case UInt8(ascii: "["): return try flowSequence(path: path)
        case UInt8(ascii: "{"): return try flowMapping(path: path)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try lines.takeQuoted())
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"):
            throw lines.error("anchors, aliases and tags are not accepted")
        default: return try YAMLScalar.resolve(try lines.takeFlowPlain(), line: lines.number)
        }
    }

    private mutating func flowSequence(path: String) throws(YAMLError) -> JSON {
        var elements: [JSON] = []
        lines.advance()
        while true {
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: "]")) { return .array(elements) }
            elements.append(try flow(path: "\(path)[\(elements.count)]"))
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: ",")) { continue }
            guard lines.current == UInt8(ascii: "]") else { throw lines.error("did not find expected ',' or ']'") }
        }
    }

    private mutating func flowMapping(path: String) throws(YAMLError) -> JSON {
        var object = JSONObject()
        lines.advance()
        while true {
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: "}")) { return .object(object) }
            let isQuoted = lines.current == UInt8(ascii: "\"") || lines.current == UInt8(ascii: "'")
            let key = isQuoted ? try lines.takeQuoted() : try YAMLScalar.key(try lines.takeFlowPlain(), lines.number)
            try lines.skipFlowSpace()
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            if object[key] != nil { duplicates.append(keyPath) }
            object[key] = lines.take(UInt8(ascii: ":")) ? try flow(path: keyPath) : .null
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: ",")) { continue }
            guard lines.current == UInt8(ascii: "}") else { throw lines.error("did not find expected ',' or '}'") }
        }
    }
}
