import NIOCore
import Objects
import Transport

/// The body of a write, decoded as far as JSON.
struct RequestBody: Sendable {
    var json: JSON
    /// Paths of members that came twice; the last one counts.
    var duplicates: [String]

    static let mediaTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]

    /// 415 for a type that is none of the above, 400 for what cannot be decoded. Without a type it is JSON, as for
    /// kube-apiserver.
    static func decode(_ request: HTTPRequest) throws(Status) -> RequestBody {
        let given = request.headers["Content-Type"]
        let type = given.map { MediaType($0)?.name ?? $0 }
        switch type {
        case nil, "application/json": return try json(Array(request.body.readableBytesView))
        case "application/yaml", "application/x-yaml", "text/yaml":
            return try yaml(Array(request.body.readableBytesView))
        case "application/vnd.kubernetes.protobuf":
            let json = try ProtobufDecoder.decode(Array(request.body.readableBytesView))
            return RequestBody(json: json, duplicates: [])
        default:
            var status = Status.unsupportedMediaType(mediaTypes)
            if type == "application/x-www-form-urlencoded" {
                status.message += " (curl sends this type unless told: add -H 'Content-Type: application/json')"
            }
            throw status
        }
    }

    static func json(_ bytes: [UInt8]) throws(Status) -> RequestBody {
        do {
            let document = try JSONParser.document(bytes)
            return RequestBody(json: document.value, duplicates: document.duplicates)
        } catch {
            throw .badRequest("the object provided is unrecognized (must be of type JSON): \(error)")
        }
    }

    /// Of several documents upstream's decoder reads the first one.
    private static func firstDocument(_ bytes: [UInt8]) -> [UInt8] {
        var hasContent = false
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[start..<end]
            if line.starts(with: Array("---".utf8)), line.count == 3 || [0x20, 0x09, 0x0d].contains(line[start + 3]) {
                if hasContent { return Array(bytes[..<start]) }
                hasContent = line.count > 3
            } else if let first = line.first(where: { ![0x20, 0x09, 0x0d].contains($0) }) {
                hasContent = hasContent || ![UInt8(ascii: "#"), UInt8(ascii: "%")].contains(first)
            }
            start = end + 1
        }
        return bytes
    }

    static func yaml(_ bytes: [UInt8]) throws(Status) -> RequestBody {
        do {
            let document = try YAMLParser.parse(firstDocument(bytes))
            return RequestBody(json: document.value, duplicates: document.duplicates)
        } catch {
            throw .badRequest("error converting YAML to JSON: \(error)")
        }
    }
}
