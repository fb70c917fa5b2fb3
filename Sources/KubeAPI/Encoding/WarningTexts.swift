/// The texts of an answer's `Warning` fields (RFC 7234, 5.5), each once and, as upstream has it
/// (k8s.io/apiserver, endpoints/filters/warning.go), no more of them than clients take: when they come to more than
/// 4,096 characters each is cut to 256, and what would follow then is left out.
struct WarningTexts {
    private static let total = 4096
    private static let longest = 256
    private static let start = "299 - \""

    private var texts: [String] = []
    private var known: Set<String> = []
    /// Characters of all texts.
    private var written = 0
    /// They were too long, so each is cut.
    private var cuts = false

    /// With those that an answer has already.
    init(fields: [String]) {
        for text in fields.map(Self.text) where known.insert(text).inserted { keep(text) }
        cuts = written >= Self.total
    }

    var fields: [String] { texts.map(Self.field) }

    mutating func add(_ warning: String) {
        if cuts, written >= Self.total { return }
        let text = Self.printable(warning)
        guard !text.isEmpty, known.insert(text).inserted else { return }
        keep(cuts ? Self.cut(text) : text)
        if !cuts, written > Self.total { cutAll() }
    }

    private mutating func keep(_ text: String) {
        texts.append(text)
        written += text.unicodeScalars.count
    }

    private mutating func cutAll() {
        cuts = true
        let whole = texts
        texts = []
        written = 0
        for text in whole { keep(Self.cut(text)) }
    }

    // MARK: Texts and fields

    private static func cut(_ text: String) -> String { String(text.unicodeScalars.prefix(longest)) }

    /// Without what could end the field.
    private static func printable(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: break
            default: kept.append(scalar)
            }
        }
        return String(kept)
    }

    private static func field(_ text: String) -> String {
        var quoted = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            quoted.append(scalar)
        }
        return start + String(quoted) + "\""
    }

    /// The inverse of `field`.
    private static func text(_ field: String) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in field.unicodeScalars.dropFirst(start.unicodeScalars.count).dropLast() {
            isEscaped = !isEscaped && scalar == "\\"
            if !isEscaped { text.append(scalar) }
        }
        return String(text)
    }
}
