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

    static func bytes(_ request: HTTPRequest, _ kind: PatchKind) throws(Status) -> [UInt8] {
        try checked(request, kind, .ignore).bytes
    }

    /// An apply patch is YAML, which JSON is too. What it has twice is a warning or, with `Strict`, an error; of other
    /// patches the registry says so.
    static func checked(
        _ request: HTTPRequest, _ kind: PatchKind, _ validation: FieldValidation
    ) throws(Status) -> (bytes: [UInt8], warnings: [String]) {
        let bytes = Array(request.body.readableBytesView)
        guard kind == .apply else { return (bytes, []) }
        let first = bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let isJSON = first == UInt8(ascii: "{")
        guard let body = isJSON ? try? RequestBody.json(bytes) : try RequestBody.yaml(bytes) else { return (bytes, []) }
        let doubled = body.duplicates.map { path -> String in
            "key \(Status.quoted(String(path.split(separator: ".").last ?? ""))) already set in map"
        }
        if validation == .strict, !doubled.isEmpty {
            throw .badRequest(
                "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors: "
                    + doubled.joined(separator: ", "))
        }
        return (isJSON ? bytes : JSONEncoder.encode(body.json), validation == .warn ? doubled : [])
    }
}
