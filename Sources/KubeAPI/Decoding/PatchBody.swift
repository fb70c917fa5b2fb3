import NIOCore
import Objects
import Registry
import Transport

/// Which kind of patch a request brings, and its bytes as JSON.
enum PatchBody {
    static let mediaTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml",
        "application/strategic-merge-patch+json",
    ]

    static func kind(_ request: HTTPRequest) throws(Status) -> PatchKind {
        let type = request.headers["Content-Type"].flatMap { MediaType($0) }?.name ?? ""
        guard let kind = PatchKind(rawValue: type) else { throw .unsupportedMediaType(mediaTypes) }
        return kind
    }

    /// An apply patch is YAML, which JSON is too.
    static func bytes(_ request: HTTPRequest, _ kind: PatchKind) throws(Status) -> [UInt8] {
        let bytes = Array(request.body.readableBytesView)
        guard kind == .apply else { return bytes }
        let first = bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        if first == UInt8(ascii: "{") { return bytes }
        return JSONEncoder.encode(try RequestBody.yaml(bytes).json)
    }
}
