import Objects

/// Reads the YAML that manifests are written in: one document of block and flow mappings and sequences, plain, quoted
/// and block scalars, comments. Anchors, aliases and tags are refused: no manifest needs them, and aliases are how a
/// few bytes become gigabytes. Plain scalars mean what YAML 1.1 says, as for kube-apiserver (sigs.k8s.io/yaml). Time is
/// linear in the number of bytes whatever they are.
struct YAMLParser {
    struct Document: Sendable {
        var value: JSON
        /// Paths of the first 32 keys that came twice; the last one counts.
        var duplicates: [String]
    }

    static let maximumDepth = 100

    private var lines: YAMLLines
    private var duplicates: [String] = []
    private var depth = 0
    /// Where the parser is.
    private var path: [Step] = []

    private enum Step {
        case key(String)
        case index(Int)

        var shown: String {
            switch self {
            case .key(let key): key
            case .index(let index): "[\(index)]"
            }
        }
    }

    private init(_ lines: YAMLLines) { self.lines = lines }

    static func parse(_ bytes: [UInt8]) throws(YAMLError) -> Document {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw YAMLError(line: 1, message: "the text is not UTF-8")
        }
        var parser = YAMLParser(YAMLLines(bytes))
        try parser.lines.skipToDocument()
        let value = try parser.block(atLeast: 0)
        try parser.lines.expectEnd()
        return Document(value: value, duplicates: parser.duplicates)
    }

    /// A path is made for the few keys that are told of only: each may be as long as the body.
    private mutating func noteDuplicate(_ key: String) {
        guard duplicates.count < JSONParser.maximumDuplicates else { return }
        let last = key.cut(to: FieldPath.maximumLength)
        duplicates.append(path.reversed().reduce(last) { FieldPath.joined($1.shown, $0) })
    }

    // MARK: Block structure

    /// The node that begins on the next line that says something, if that is indented enough; null otherwise.
    private mutating func block(atLeast minimum: Int) throws(YAMLError) -> JSON {
        guard let indent = try lines.nextIndent(), indent >= minimum else { return .null }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw lines.error("nested deeper than \(Self.maximumDepth) levels") }
        if lines.beginsEntry { return try sequence(indent) }
        if try lines.beginsPair() { return try mapping(indent) }
        return try value(indent: minimum - 1)
    }

    private mutating func sequence(_ indent: Int) throws(YAMLError) -> JSON {
        var elements: [JSON] = []
        while let next = try lines.nextIndent(), next == indent, lines.beginsEntry {
            lines.takeDash()
            path.append(.index(elements.count))
            elements.append(lines.isAtEndOfLine ? try nested(in: indent) : try block(atLeast: indent + 1))
            path.removeLast()
        }
        try checkNoDeeper(than: indent)
        return .array(elements)
    }

    private mutating func mapping(_ indent: Int) throws(YAMLError) -> JSON {
        var members = MemberCollector()
        while let next = try lines.nextIndent(), next == indent, !lines.beginsEntry {
            guard try lines.beginsPair() else { throw lines.error("could not find expected ':'") }
            let key = try lines.takeKey()
            path.append(.key(key))
            let value = lines.isAtEndOfLine ? try mappingValue(indent) : try value(indent: indent)
            path.removeLast()
            if members.set(key, value) { noteDuplicate(key) }
        }
        try checkNoDeeper(than: indent)
        return .object(JSONObject(members.members))
    }

    private mutating func nested(in indent: Int) throws(YAMLError) -> JSON {
        lines.endLine()
        return try block(atLeast: indent + 1)
    }

    /// On the lines after the key; a sequence may stand at the key's own indentation.
    private mutating func mappingValue(_ indent: Int) throws(YAMLError) -> JSON {
        lines.endLine()
        if let next = try lines.nextIndent(), next == indent, lines.beginsEntry { return try sequence(indent) }
        return try block(atLeast: indent + 1)
    }

    private mutating func checkNoDeeper(than indent: Int) throws(YAMLError) {
        if let next = try lines.nextIndent(), next > indent { throw lines.error("did not find expected key") }
    }

    // MARK: Values

    /// A value that begins on the present line, of a node indented by `indent`.
    private mutating func value(indent: Int) throws(YAMLError) -> JSON {
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
            let value = try flow()
            try lines.expectEndOfLine()
            return value
        default: return try YAMLScalar.resolve(try lines.takePlain(parent: indent), line: lines.number)
        }
    }

    private mutating func flow() throws(YAMLError) -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw lines.error("nested deeper than \(Self.maximumDepth) levels") }
        try lines.skipFlowSpace()
        switch lines.current {
        case UInt8(ascii: "["): return try flowSequence()
        case UInt8(ascii: "{"): return try flowMapping()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try lines.takeQuoted())
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"):
            throw lines.error("anchors, aliases and tags are not accepted")
        default: return try YAMLScalar.resolve(try lines.takeFlowPlain(), line: lines.number)
        }
    }

    private mutating func flowSequence() throws(YAMLError) -> JSON {
        var elements: [JSON] = []
        lines.advance()
        while true {
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: "]")) { return .array(elements) }
            path.append(.index(elements.count))
            elements.append(try flow())
            path.removeLast()
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: ",")) { continue }
            guard lines.current == UInt8(ascii: "]") else { throw lines.error("did not find expected ',' or ']'") }
        }
    }

    private mutating func flowMapping() throws(YAMLError) -> JSON {
        var members = MemberCollector()
        lines.advance()
        while true {
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: "}")) { return .object(JSONObject(members.members)) }
            let key = try flowKey()
            try lines.skipFlowSpace()
            path.append(.key(key))
            let value: JSON = lines.take(UInt8(ascii: ":")) ? try flow() : .null
            path.removeLast()
            if members.set(key, value) { noteDuplicate(key) }
            try lines.skipFlowSpace()
            if lines.take(UInt8(ascii: ",")) { continue }
            guard lines.current == UInt8(ascii: "}") else { throw lines.error("did not find expected ',' or '}'") }
        }
    }

    private mutating func flowKey() throws(YAMLError) -> String {
        let isQuoted = lines.current == UInt8(ascii: "\"") || lines.current == UInt8(ascii: "'")
        return isQuoted ? try lines.takeQuoted() : try YAMLScalar.key(try lines.takeFlowPlain(), lines.number)
    }
}
