/// One HTTP request, before it knows its connection.
package struct APIRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    package var method: Method
    /// Path and query, percent-encoded.
    package var uri: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Seconds until the whole answer must be here; for a streamed answer until its head must be. Nil: for ever.
    package var timeout: Double?

    package init(
        _ method: Method, _ uri: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Double? = 30
    ) {
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// A complete HTTP answer.
package struct APIResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The texts of `Warning: 299 - "text"` headers (RFC 7234, 5.5).
    package var warnings: [String] {
        headers.filter { $0.name.lowercased() == "warning" }.compactMap { header in
            guard let start = header.value.firstIndex(of: "\""), let end = header.value.lastIndex(of: "\""), start < end
            else { return nil }
            return String(header.value[start..<end].dropFirst()).replacing("\\\"", with: "\"")
        }
    }
}
