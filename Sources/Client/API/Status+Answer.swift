package import Objects

extension Status {
    /// The error that an answer of 400 and above stands for; also when a proxy or a bug sent something else than a
    /// `Status` object.
    package init(answer: APIResponse) {
        if let json = try? JSONParser.parse(answer.body), let status = Status(json: json) {
            self = status
            if code == 0 { code = answer.status }
            return
        }
        let text = String(decoding: answer.body.prefix(1024), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        self.init(
            code: answer.status, reason: answer.status == 404 ? "NotFound" : "Unknown",
            message: text.isEmpty ? "the server answered \(answer.status) without a body" : text)
    }
}
