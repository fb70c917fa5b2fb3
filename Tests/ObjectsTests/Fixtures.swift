import Glibc
import Testing

@testable import Objects

/// Creations and what a real Kubernetes 1.36 answered (volatile fields and empty values are left out).
struct RecordedCreate: Sendable, CustomTestStringConvertible {
    var name: String
    var path: String
    var code: Int64
    var body: JSON
    var answer: JSON

    var testDescription: String { "\(name) \(body.at("metadata", "name")?.string ?? "")" }
    var kind: KindSchema? {
        SchemaCatalog.builtin.kind(apiVersion: body["apiVersion"]?.string ?? "", kind: body["kind"]?.string ?? "")
    }

    static let all: [RecordedCreate] = {
        let entries = fixture("objects/creates.json").array ?? []
        return entries.map {
            RecordedCreate(
                name: $0["case"]?.string ?? "", path: $0["path"]?.string ?? "", code: $0["code"]?.integer ?? 0,
                body: $0["body"] ?? .null, answer: $0["answer"] ?? .null)
        }
    }()
}

func fixture(_ name: String, file: String = #filePath) -> JSON {
    let folder = file.split(separator: "/").dropLast(2).joined(separator: "/")
    guard let bytes = contents("/\(folder)/Fixtures/\(name)"), let json = try? JSONParser.parse(bytes) else {
        return .null
    }
    return json
}

private func contents(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count <= 0 { return count == 0 ? bytes : nil }
        bytes.append(contentsOf: buffer[..<count])
    }
}

/// Without empty values and what differs from run to run, as the recordings are.
func comparable(_ value: JSON) -> JSON {
    switch value {
    case .object(let object):
        var out = JSONObject()
        for (key, child) in object where !volatile.contains(key) {
            let child = comparable(child)
            if child.isNullLiteral || child == .array([]) || child == .object(JSONObject()) { continue }
            out[key] = child
        }
        return .object(out)
    case .array(let elements): return .array(elements.map(comparable))
    default: return value
    }
}

private let volatile: Set = [
    "uid", "creationTimestamp", "resourceVersion", "managedFields", "deletionTimestamp", "lastTransitionTime",
    "lastProbeTime", "lastPhaseTransitionTime", "lastTimestamp", "firstTimestamp", "eventTime", "message", "selfLink",
]
