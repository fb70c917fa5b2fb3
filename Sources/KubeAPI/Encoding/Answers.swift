import NIOCore
import Objects
import Transport

/// Makes whole HTTP answers.
enum Answers {
    static func json(_ value: JSON, status: Int = 200, _ shape: Negotiated = Negotiated()) -> HTTPResponse {
        bytes(ByteBuffer(bytes: JSONEncoder.encode(value)), status: status, shape)
    }

    /// `body` is JSON.
    static func bytes(_ body: ByteBuffer, status: Int = 200, _ shape: Negotiated) -> HTTPResponse {
        var response: HTTPResponse
        switch shape.format {
        case .json:
            response = HTTPResponse(
                status: status, contentType: shape.contentType,
                body: shape.isPretty ? PrettyJSON.format(body) : line(body))
        case .yaml:
            response = HTTPResponse(status: status, contentType: shape.contentType, body: YAMLWriter.format(json: body))
        case .protobuf: response = protobuf(body, status: status)
        }
        response.head.headers.add("Cache-Control", "no-cache, private")
        return response
    }

    /// Upstream's encoder ends what it writes with a line feed.
    private static func line(_ body: ByteBuffer) -> ByteBuffer {
        if body.readableBytesView.last == UInt8(ascii: "\n") { return body }
        var body = body
        body.writeInteger(UInt8(ascii: "\n"))
        return body
    }

    /// An answer of a type without a message, which no client asks for in protobuf alone, stays JSON.
    private static func protobuf(_ body: ByteBuffer, status: Int) -> HTTPResponse {
        guard let json = try? JSONParser.parse(Array(body.readableBytesView)), let bytes = ProtobufAnswer.encode(json)
        else { return HTTPResponse(status: status, contentType: "application/json", body: body) }
        return HTTPResponse(
            status: status, contentType: "application/vnd.kubernetes.protobuf", body: ByteBuffer(bytes: bytes))
    }

    static func status(_ status: Status, _ shape: Negotiated = Negotiated()) -> HTTPResponse {
        var shape = shape
        shape.representation = .object
        var response = json(status.json, status: status.code, shape)
        if status.retryAfterSeconds > 0 {
            response.head.headers.add("Retry-After", String(status.retryAfterSeconds))
        }
        return response
    }

    static func text(_ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8")
        -> HTTPResponse
    {
        var response = HTTPResponse(status: status, contentType: contentType, body: ByteBuffer(string: text))
        response.head.headers.add("Cache-Control", "no-cache, private")
        return response
    }
}

/// What upstream says on every answer about a kind that goes out of use.
enum Deprecation {
    static func warning(_ kind: KindSchema) -> String? {
        kind.group.isEmpty && kind.kind == "Endpoints"
            ? "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice" : nil
    }
}

extension HTTPResponse {
    /// RFC 7234 `Warning` fields, as kubectl prints them.
    mutating func addWarnings(_ warnings: [String]) {
        guard !warnings.isEmpty else { return }
        var texts = WarningTexts(fields: head.headers.values("Warning"))
        for warning in warnings { texts.add(warning) }
        head.headers["Warning"] = nil
        for field in texts.fields { head.headers.add("Warning", field) }
    }
}
