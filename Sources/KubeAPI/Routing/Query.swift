/// The parameters of a query string, in their order.
struct Query: Sendable {
    private var parameters: [(name: String, value: String)] = []

    init() {}

    /// nil if it is not decodable.
    init?(_ text: some StringProtocol) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { return nil }
            parameters.append((name, value))
        }
    }

    var isEmpty: Bool { parameters.isEmpty }
    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }
    func values(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    /// As Kubernetes reads a boolean parameter: only its absence, `false` and `0` are false.
    func flag(_ name: String) -> Bool { optionalFlag(name) ?? false }

    func optionalFlag(_ name: String) -> Bool? { self[name].map { $0 != "false" && $0 != "0" } }
}
