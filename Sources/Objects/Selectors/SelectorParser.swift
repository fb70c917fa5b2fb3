extension Selector {
    /// The query parameter `labelSelector`. Throws 400 in upstream's words.
    package init(query: String) throws(Status) {
        var parser = SelectorParser(query)
        self.init(try parser.parse())
    }
}

/// `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a,b)`, `key notin (a)`, `key>1`, `key<1`, joined by
/// commas.
private struct SelectorParser {
    private enum Token: Equatable {
        case word(String)
        case symbol(String)
        case end
    }

    private var tokens: [Token] = []
    private var position = 0

    init(_ text: String) {
        var word = ""
        var characters = Array(text)[...]
        while let character = characters.popFirst() {
            let isSymbol = "=!<>(),".contains(character)
            if isSymbol || character.isWhitespace {
                if !word.isEmpty { tokens.append(.word(word)) }
                word = ""
            }
            if isSymbol {
                var symbol = String(character)
                if "=!".contains(character), characters.first == "=" {
                    symbol.append("=")
                    characters.removeFirst()
                }
                tokens.append(.symbol(symbol))
            } else if !character.isWhitespace {
                word.append(character)
            }
        }
        if !word.isEmpty { tokens.append(.word(word)) }
    }

    private var current: Token { position < tokens.count ? tokens[position] : .end }

    mutating func parse() throws(Status) -> [Selector.Requirement] {
        var requirements: [Selector.Requirement] = []
        if current == .end { return [] }
        while true {
            requirements.append(try requirement())
            switch current {
            case .end: return requirements.sorted { $0.key < $1.key }
            case .symbol(","):
                position += 1
                // Upstream forbids a dangling comma.
                if current == .end { throw .badRequest("found '', expected: identifier after ','") }
            default: throw .badRequest("found '\(shown)', expected: ',' or 'end of string'")
            }
        }
    }

    private mutating func requirement() throws(Status) -> Selector.Requirement {
        if current == .symbol("!") {
            position += 1
            return Selector.Requirement(try key(), .isAbsent)
        }
        let key = try key()
        switch current {
        case .end, .symbol(","): return Selector.Requirement(key, .exists)
        case .word("in"): return Selector.Requirement(key, .isIn, try set())
        case .word("notin"): return Selector.Requirement(key, .isNotIn, try set())
        case .symbol("="), .symbol("=="): return Selector.Requirement(key, .equals, [try value()])
        case .symbol("!="): return Selector.Requirement(key, .notEquals, [try value()])
        case .symbol(">"): return Selector.Requirement(key, .greaterThan, [try number()])
        case .symbol("<"): return Selector.Requirement(key, .lessThan, [try number()])
        default:
            throw failure("found '\(shown)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func key() throws(Status) -> String {
        guard case .word(let key) = current else { throw failure("found '\(shown)', expected: identifier") }
        position += 1
        if let problem = Names.qualifiedName(key).first {
            throw failure("<nil>: Invalid value: \(GoQuote.quote(key)): \(problem)")
        }
        return key
    }

    /// Nothing after the operator is the empty value.
    private mutating func value() throws(Status) -> String {
        position += 1
        guard case .word(let value) = current else {
            if current == .end || current == .symbol(",") { return "" }
            throw failure("found '\(shown)', expected: identifier")
        }
        position += 1
        return try checked(value)
    }

    private mutating func number() throws(Status) -> String {
        let text = try value()
        if Int64(text) == nil {
            throw failure("for 'Gt', 'Lt' operators, the value must be an integer")
        }
        return text
    }

    private mutating func set() throws(Status) -> [String] {
        position += 1
        guard current == .symbol("(") else { throw failure("found '\(shown)' expected: '('") }
        position += 1
        var values: [String] = []
        var expectsValue = true
        while true {
            switch current {
            case .word(let value):
                guard expectsValue else { throw failure("found '\(shown)', expected: ',' or ')'") }
                values.append(try checked(value))
                expectsValue = false
            case .symbol(","):
                if expectsValue { values.append("") }
                expectsValue = true
            case .symbol(")"):
                if expectsValue { values.append("") }
                position += 1
                return values
            default: throw failure("found '\(shown)', expected: ',', ')' or identifier")
            }
            position += 1
        }
    }

    private func checked(_ value: String) throws(Status) -> String {
        if let problem = Names.labelValue(value).first {
            throw failure("values[0]: Invalid value: \(GoQuote.quote(value)): \(problem)")
        }
        return value
    }

    private var shown: String {
        switch current {
        case .word(let text), .symbol(let text): text
        case .end: ""
        }
    }

    private func failure(_ message: String) -> Status { .badRequest("unable to parse requirement: \(message)") }
}
