extension YAMLLines {
    // MARK: Plain

    /// A plain scalar of a block, over several lines if they are indented deeper than `parent`; line breaks fold.
    mutating func takePlain(parent: Int) throws(YAMLError) -> String {
        var text = try plainLine()
        endLine()
        var emptyLines = 0
        while !isAtEnd {
            var probe = self
            while Self.isBlank(probe.current) { probe.position += 1 }
            if Self.isBreak(probe.current) {
                emptyLines += 1
                endLine()
                continue
            }
            guard probe.position - position > parent, !probe.isAtEnd, !probe.isAtEndOfLine,
                !(probe.position == position && (isMarker("---") || isMarker("...")))
            else { break }
            position = probe.position
            let line = try plainLine()
            text += emptyLines > 0 ? String(repeating: "\n", count: emptyLines) : " "
            emptyLines = 0
            text += line
            endLine()
        }
        return text
    }

    private mutating func plainLine() throws(YAMLError) -> String {
        let start = position
        while !isAtEndOfLine {
            if current == UInt8(ascii: ":"), peek(1) == 0 || Self.isBlank(peek(1)) || Self.isBreak(peek(1)) {
                throw error("mapping values are not allowed in this context")
            }
            skipPlain()
        }
        return Self.text(bytes[start..<position])
    }

    /// A plain scalar inside brackets or braces.
    mutating func takeFlowPlain() throws(YAMLError) -> String {
        let start = position
        while !isAtEnd, !Self.isBreak(current), !",[]{}".utf8.contains(current) {
            let next = peek(1)
            if current == UInt8(ascii: ":"),
                next == 0 || Self.isBlank(next) || Self.isBreak(next) || ",[]{}".utf8.contains(next)
            {
                break
            }
            if current == UInt8(ascii: "#"), position > start, Self.isBlank(bytes[position - 1]) { break }
            position += 1
        }
        let text = Self.text(bytes[start..<position])
        if text.isEmpty, current != UInt8(ascii: ":"), current != UInt8(ascii: ","), current != UInt8(ascii: "}") {
            throw error("did not find expected node content")
        }
        return text
    }

    /// Blanks, line breaks and comments between the parts of a flow collection.
    mutating func skipFlowSpace() throws(YAMLError) {
        while !isAtEnd {
            if Self.isBlank(current) || Self.isBreak(current) {
                advance()
            } else if current == UInt8(ascii: "#"),
                position == 0 || Self.isBlank(bytes[position - 1]) || Self.isBreak(bytes[position - 1])
            {
                endLine()
            } else {
                return
            }
        }
        throw error("unexpected end of a flow collection")
    }

    // MARK: Quoted

    mutating func takeQuoted() throws(YAMLError) -> String {
        let quote = current
        let isDouble = quote == UInt8(ascii: "\"")
        var out: [UInt8] = []
        advance()
        while true {
            guard !isAtEnd else { throw error("found unexpected end of stream in a quoted scalar") }
            let byte = current
            if byte == quote {
                if !isDouble, peek(1) == quote {
                    position += 2
                    out.append(quote)
                    continue
                }
                advance()
                return String(decoding: out, as: UTF8.self)
            }
            if isDouble, byte == UInt8(ascii: "\\") {
                try takeEscape(&out)
            } else if Self.isBreak(byte) {
                fold(&out)
            } else {
                out.append(byte)
                position += 1
            }
        }
    }

    /// A line break inside quotes is a space, empty lines are line breaks.
    private mutating func fold(_ out: inout [UInt8]) {
        while let last = out.last, Self.isBlank(last) { out.removeLast() }
        var breaks = 0
        while !isAtEnd, Self.isBlank(current) || Self.isBreak(current) {
            if current == 0x0a { breaks += 1 }
            advance()
        }
        out += breaks > 1 ? [UInt8](repeating: 0x0a, count: breaks - 1) : [0x20]
    }

    private mutating func takeEscape(_ out: inout [UInt8]) throws(YAMLError) {
        let letter = peek(1)
        position += 2
        switch letter {
        case UInt8(ascii: "x"): try takeCodePoint(2, &out)
        case UInt8(ascii: "u"): try takeCodePoint(4, &out)
        case UInt8(ascii: "U"): try takeCodePoint(8, &out)
        case 0x0a, 0x0d:
            position -= 1
            while !isAtEnd, Self.isBlank(current) || Self.isBreak(current) { advance() }
        default:
            guard let scalar = Self.escapes[letter] else { throw error("found unknown escape character") }
            out += Array(String(scalar).utf8)
        }
    }

    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "t"): "\t",
        0x09: "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{b}", UInt8(ascii: "f"): "\u{c}",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "e"): "\u{1b}", 0x20: " ", UInt8(ascii: "\""): "\"",
        UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "_"): "\u{a0}",
        UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
    ]

    private mutating func takeCodePoint(_ digits: Int, _ out: inout [UInt8]) throws(YAMLError) {
        let end = min(position + digits, bytes.count)
        guard end - position == digits, bytes[position..<end].allSatisfy({ $0 != 0x2b && $0 != 0x2d }),
            let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw error("found invalid Unicode character escape code") }
        position = end
        out += Array(String(scalar).utf8)
    }

    // MARK: Block scalars

    /// `|` and `>` with their indicators, of a node indented by `parent`.
    mutating func takeBlockScalar(parent: Int) throws(YAMLError) -> String {
        let isFolded = current == UInt8(ascii: ">")
        position += 1
        var chomping: UInt8 = 0
        var indent = 0
        while !isAtEndOfLine {
            switch current {
            case UInt8(ascii: "+"), UInt8(ascii: "-"): chomping = current
            case UInt8(ascii: "1")...UInt8(ascii: "9"): indent = max(parent, 0) + Int(current - UInt8(ascii: "0"))
            default: throw error("did not find expected comment or line break")
            }
            position += 1
        }
        endLine()
        let lines = blockLines(parent: parent, indent: indent)
        var text = isFolded ? Self.folded(lines) : lines.joined(separator: "\n")
        guard !lines.isEmpty else { return "" }
        text += "\n"
        switch chomping {
        case UInt8(ascii: "+"): return text
        case UInt8(ascii: "-"): return Self.withoutBreaks(text)
        default:
            let body = Self.withoutBreaks(text)
            return body.isEmpty ? "" : body + "\n"
        }
    }

    /// The lines without their indentation, which is that of the first one that is not empty.
    private mutating func blockLines(parent: Int, indent given: Int) -> [String] {
        var indent = given
        var lines: [String] = []
        while !isAtEnd {
            var end = position
            while end < bytes.count, bytes[end] != 0x0a { end += 1 }
            var line = bytes[position..<end]
            if line.last == 0x0d { line.removeLast() }
            let spaces = line.prefix { $0 == 0x20 }.count
            if spaces < line.count {
                if indent == 0 { indent = spaces }
                guard spaces >= indent, indent > parent else { break }
                lines.append(String(decoding: line.dropFirst(indent), as: UTF8.self))
            } else {
                lines.append(indent > 0 && spaces > indent ? String(repeating: " ", count: spaces - indent) : "")
            }
            endLine()
        }
        return lines
    }

    private static func withoutBreaks(_ text: String) -> String {
        var bytes = Array(text.utf8)
        while bytes.last == 0x0a { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Neighbouring lines are joined by a space; indented ones and empty ones keep their breaks.
    private static func folded(_ lines: [String]) -> String {
        var text = ""
        var pendingBreaks = 0
        var previousIsIndented = true
        for line in lines {
            if line.isEmpty {
                pendingBreaks += 1
                continue
            }
            let isIndented = line.first == " " || line.first == "\t"
            if text.isEmpty {
                text += String(repeating: "\n", count: pendingBreaks)
            } else if isIndented || previousIsIndented {
                text += String(repeating: "\n", count: pendingBreaks + 1)
            } else {
                text += pendingBreaks > 0 ? String(repeating: "\n", count: pendingBreaks) : " "
            }
            text += line
            pendingBreaks = 0
            previousIsIndented = isIndented
        }
        return text + String(repeating: "\n", count: pendingBreaks)
    }
}
