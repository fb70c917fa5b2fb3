internal import NIOHTTP1

/// Header fields in their order; names compare without regard to case.
package struct Headers: Sendable {
    var fields: HTTPHeaders

    init(_ fields: HTTPHeaders) { self.fields = fields }
    package init(_ fields: [(String, String)] = []) { self.fields = HTTPHeaders(fields) }

    /// The first value of a field; setting replaces all of them, nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first(name: name) }
        set {
            if let newValue { fields.replaceOrAdd(name: name, value: newValue) } else { fields.remove(name: name) }
        }
    }

    package mutating func add(_ name: String, _ value: String) { fields.add(name: name, value: value) }
    package func values(_ name: String) -> [String] { fields[name] }
    package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    /// The comma-separated elements of all fields of this name, trimmed.
    package func elements(_ name: String) -> [String] { fields[canonicalForm: name].map(String.init) }

    /// Fields that speak of one connection only and must not be passed on (RFC 9110, 7.6.1).
    package mutating func removeHopByHop() {
        for name in elements("Connection") { fields.remove(name: name) }
        for name in ["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "TE"] {
            fields.remove(name: name)
        }
    }
}
