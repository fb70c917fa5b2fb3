/// Why a text is not the YAML that the API takes.
struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    var line: Int
    var message: String
    var description: String { "yaml: line \(line): \(message)" }
}
