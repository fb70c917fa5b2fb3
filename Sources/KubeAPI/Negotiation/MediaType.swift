/// One element of an `Accept` header, or a `Content-Type` (RFC 9110, 8.3.1).
struct MediaType: Sendable, Hashable {
    var name: String
    var parameters: [String: String]

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed }
        name = parts[0].lowercased()
        guard name.split(separator: "/", omittingEmptySubsequences: false).count == 2 else { return nil }
        parameters = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            parameters[pair[0].trimmed.lowercased()] = pair[1].trimmed.filter { $0 != "\"" }
        }
    }

    /// 0 to 1
    var quality: Double { parameters["q"].flatMap(Double.init) ?? 1 }
}

extension StringProtocol {
    /// Without white space, ends of lines too, at both ends.
    var trimmedOfSpace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// Without spaces and tabs at both ends.
    var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
