/// A cursor over the text of a YAML document that knows lines, indentation and comments.
struct YAMLLines {
    let bytes: [UInt8]
    var position = 0
    /// Of the present line, from 1.
    private(set) var number = 1
    /// Where the present line begins; a dash that was taken counts as indentation.
    private var lineStart = 0
    /// The present line is known to be indentation up to here: it may be long, and every level that ends asks for it.
    private var indented = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes }

    /// 0 at the end of the text.
    var current: UInt8 { position < bytes.count ? bytes[position] : 0 }
    var isAtEnd: Bool { position >= bytes.count }
    private var column: Int { position - lineStart }

    func error(_ message: String) -> YAMLError { YAMLError(line: number, message: message) }

    func peek(_ offset: Int) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

    mutating func advance() {
        if current == UInt8(ascii: "\n") {
            number += 1
            lineStart = position + 1
        }
        position += 1
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard !isAtEnd, current == byte else { return false }
        advance()
        return true
    }

    // MARK: Lines

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// Moves to the first character of the next line that is not empty and not a comment, if the cursor is not already
    /// behind the indentation of one, and tells its column. nil at the end of the document.
    mutating func nextIndent() throws(YAMLError) -> Int? {
        while !isAtEnd {
            let known = max(lineStart, min(indented, position))
            let isFresh = bytes[known..<position].allSatisfy { $0 == 0x20 || $0 == UInt8(ascii: "-") || $0 == 0x09 }
            if !isFresh { endLine() }
            let hadTab = skipSpaces()
            if isAtEndOfLine {
                endLine()
                continue
            }
            if hadTab { throw error("found a tab where indentation is expected; use spaces") }
            if column == 0, isMarker("---") || isMarker("...") { return nil }
            indented = position
            return column
        }
        return nil
    }

    /// True if there was a tab among them.
    private mutating func skipSpaces() -> Bool {
        var hadTab = false
        while Self.isBlank(current), !isAtEnd {
            hadTab = hadTab || current == 0x09
            position += 1
        }
        return hadTab
    }

    /// Nothing but blanks and a comment is left.
    var isAtEndOfLine: Bool {
        var index = position
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
        if index >= bytes.count || Self.isBreak(bytes[index]) { return true }
        let isSeparated = index == lineStart || index > position || Self.isBlank(bytes[index - 1])
        return bytes[index] == UInt8(ascii: "#") && isSeparated
    }

    /// Past the present character of a plain text, and with a blank past all blanks: each of a long row has the same
    /// end of the line ahead of it.
    mutating func skipPlain() {
        let isBlank = Self.isBlank(current)
        position += 1
        while isBlank, !isAtEnd, Self.isBlank(current) { position += 1 }
    }

    mutating func endLine() {
        while !isAtEnd, current != UInt8(ascii: "\n") { position += 1 }
        advance()
    }

    mutating func expectEndOfLine() throws(YAMLError) {
        guard isAtEndOfLine else { throw error("did not find expected end of line") }
        endLine()
    }

    func isMarker(_ marker: String) -> Bool {
        let text = Array(marker.utf8)
        guard position + text.count <= bytes.count, bytes[position..<position + text.count].elementsEqual(text) else {
            return false
        }
        let next = peek(text.count)
        return next == 0 || Self.isBlank(next) || Self.isBreak(next)
    }

    /// Skips comments, directives and the `---` before the document.
    mutating func skipToDocument() throws(YAMLError) {
        while !isAtEnd {
            if isAtEndOfLine || (column == 0 && current == UInt8(ascii: "%")) {
                endLine()
            } else if column == 0, isMarker("---") {
                position += 3
                if isAtEndOfLine { endLine() } else { _ = skipSpaces() }
                return
            } else {
                return
            }
        }
    }

    /// After the document nothing may come but a second, empty one.
    mutating func expectEnd() throws(YAMLError) {
        while !isAtEnd {
            if try nextIndent() != nil { throw error("only one document is accepted") }
            if isMarker("---") || isMarker("...") { position += 3 }
        }
    }

    // MARK: Structure

    /// `- `
    var beginsEntry: Bool {
        current == UInt8(ascii: "-") && (peek(1) == 0 || Self.isBlank(peek(1)) || Self.isBreak(peek(1)))
    }

    mutating func takeDash() {
        position += 1
        while Self.isBlank(current), !isAtEnd { position += 1 }
    }

    /// A key and its colon begin here.
    func beginsPair() throws(YAMLError) -> Bool {
        if current == UInt8(ascii: "?"), Self.isBlank(peek(1)) { throw error("complex keys are not accepted") }
        var probe = self
        if current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") {
            let line = number
            _ = try probe.takeQuoted()
            while Self.isBlank(probe.current) { probe.position += 1 }
            return probe.number == line && probe.isColon
        }
        // An anchor or a tag before a key is refused where the value is read.
        if "[{&*!|>".utf8.contains(current) { return false }
        while !probe.isAtEndOfLine {
            if probe.isColon { return true }
            probe.skipPlain()
        }
        return false
    }

    private var isColon: Bool {
        current == UInt8(ascii: ":") && (peek(1) == 0 || Self.isBlank(peek(1)) || Self.isBreak(peek(1)))
    }

    /// Takes the key, the colon and the blanks behind it.
    mutating func takeKey() throws(YAMLError) -> String {
        let key: String
        if current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") {
            key = try takeQuoted()
            while Self.isBlank(current) { position += 1 }
        } else {
            let start = position
            while !isColon { position += 1 }
            key = try YAMLScalar.key(Self.text(bytes[start..<position]), number)
        }
        position += 1
        while Self.isBlank(current), !isAtEnd { position += 1 }
        return key
    }

    /// Without blanks at its end.
    static func text(_ slice: ArraySlice<UInt8>) -> String {
        var end = slice.endIndex
        while end > slice.startIndex, isBlank(slice[end - 1]) || slice[end - 1] == 0x0d { end -= 1 }
        return String(decoding: slice[..<end], as: UTF8.self)
    }
}
