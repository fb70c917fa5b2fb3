import Glibc

/// `/etc/berth/berthd.yaml` and what is beside it in `berthd.yaml.d`: lines of `name: value` with the names of the
/// flags, empty lines and comments. Later files win.
enum ConfigurationFile {
    static let standard = "/etc/berth/berthd.yaml"

    /// A file that was asked for must exist, the standard one need not.
    static func read(_ path: String?) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        let main = path ?? standard
        if path != nil || access(main, F_OK) == 0 { values = try readFile(main) }
        for name in try extras(in: "\(main).d") { values.merge(try readFile("\(main).d/\(name)")) { $1 } }
        return values
    }

    private static func extras(in folder: String) throws(SettingsError) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func readFile(_ path: String) throws(SettingsError) -> [String: String] {
        guard let file = fopen(path, "re") else {
            throw SettingsError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0, text.count < 1 << 20 {
            text += buffer[..<count]
        }
        return try parse(String(decoding: text, as: UTF8.self), file: path)
    }

    static func parse(_ text: String, file: String) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = withoutComment(line)
            if content.isEmpty || content == "---" { continue }
            guard let colon = content.firstIndex(of: ":") else {
                throw SettingsError("\(file), line \(index + 1): expected `name: value`, found '\(content)'")
            }
            let name = trimmed(content[..<colon])
            guard Settings.names.contains(name) else {
                throw SettingsError("\(file), line \(index + 1): there is no setting '\(name)'")
            }
            values[name] = unquoted(trimmed(content[content.index(after: colon)...]))
        }
        return values
    }

    private static func withoutComment(_ line: Substring) -> String {
        var kept = ""
        var previous: Character = " "
        for character in line {
            if character == "#", previous == " " { break }
            kept.append(character)
            previous = character
        }
        return trimmed(kept)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count > 1, let first = text.first, first == text.last, first == "\"" || first == "'" else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        var rest = text.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return String(rest)
    }
}
