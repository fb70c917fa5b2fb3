/// What kube-apiserver puts around every protobuf object: `k8s\0`, then a `runtime.Unknown`
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding).
package struct ProtobufEnvelope: Sendable, Hashable {
    package static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    package var apiVersion: String
    package var kind: String
    /// The message itself.
    package var raw: [UInt8]

    package init(apiVersion: String, kind: String, raw: [UInt8]) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.raw = raw
    }

    /// Throws 400 for what is no envelope.
    package init(_ bytes: [UInt8]) throws(Status) {
        guard bytes.starts(with: Self.magic) else {
            throw .badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
        }
        self.init(apiVersion: "", kind: "", raw: [])
        do throws(ProtobufReader.Malformed) {
            try read(bytes[4...])
        } catch {
            throw .badRequest("unable to decode protobuf: \(error.message)")
        }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) {
        var reader = ProtobufReader(bytes)
        while !reader.isAtEnd {
            let (number, type) = try reader.key()
            switch (number, type) {
            case (1, .bytes):
                var meta = ProtobufReader(try reader.message())
                while !meta.isAtEnd {
                    let (number, type) = try meta.key()
                    guard type == .bytes, number <= 2 else {
                        try meta.skip(type)
                        continue
                    }
                    let text = String(decoding: try meta.message(), as: UTF8.self)
                    if number == 1 { apiVersion = text } else { kind = text }
                }
            case (2, .bytes): raw = Array(try reader.message())
            default: try reader.skip(type)
            }
        }
    }

    package var bytes: [UInt8] {
        var meta = ProtobufWriter()
        meta.field(1, string: apiVersion)
        meta.field(2, string: kind)
        var writer = ProtobufWriter()
        writer.field(1, bytes: meta.bytes)
        writer.field(2, bytes: raw)
        writer.field(3, string: "")
        writer.field(4, string: "")
        return Self.magic + writer.bytes
    }
}
