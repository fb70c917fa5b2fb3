import NIOCore
import Objects

/// Makes answers out of stored bytes without decoding them: an object is stored without its resourceVersion, which is
/// the revision that the store knows.
enum Splice {
    /// Where things are in stored bytes.
    struct Layout: Sendable, Hashable {
        /// Of `"metadata":{`; what comes before is kind and apiVersion.
        var metadata: Int
        /// Behind the uid, or behind the brace if there is none at the front.
        var insertion: Int
        /// A comma goes before the inserted member, one behind it, or neither.
        var isBehindMember: Bool
        var isBeforeMember: Bool
    }

    private static let metadataKey = Array("\"metadata\":{".utf8)
    private static let uidKey = Array("\"uid\":\"".utf8)

    /// nil if the bytes do not begin with kind, apiVersion and metadata, as everything that Registry stored does.
    static func layout(_ bytes: [UInt8]) -> Layout? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = find(metadataKey, in: buffer, from: 0, limit: 256) else { return nil }
            let members = start + metadataKey.count
            guard members < buffer.count else { return nil }
            if let uid = find(uidKey, in: buffer, from: members, limit: 640), isFlat(buffer, members..<uid),
                let quote = find([UInt8(ascii: "\"")], in: buffer, from: uid + uidKey.count, limit: 64)
            {
                return Layout(metadata: start, insertion: quote + 1, isBehindMember: true, isBeforeMember: false)
            }
            let isEmpty = buffer[members] == UInt8(ascii: "}")
            return Layout(metadata: start, insertion: members, isBehindMember: false, isBeforeMember: !isEmpty)
        }
    }

    /// The whole object.
    static func write(_ bytes: [UInt8], revision: Int64, to buffer: inout ByteBuffer) {
        guard let layout = layout(bytes) else { return writeDecoded(bytes, revision, keepsKind: true, &buffer) }
        write(bytes, from: 0, layout, revision, &buffer)
    }

    /// As an item of a typed list: without kind and apiVersion, as kube-apiserver encodes items.
    static func writeItem(_ bytes: [UInt8], revision: Int64, to buffer: inout ByteBuffer) {
        guard let layout = layout(bytes) else { return writeDecoded(bytes, revision, keepsKind: false, &buffer) }
        buffer.writeInteger(UInt8(ascii: "{"))
        write(bytes, from: layout.metadata, layout, revision, &buffer)
    }

    private static func write(
        _ bytes: [UInt8], from start: Int, _ layout: Layout, _ revision: Int64, _ buffer: inout ByteBuffer
    ) {
        buffer.writeBytes(bytes[start..<layout.insertion])
        buffer.writeStaticString(layout.isBehindMember ? ",\"resourceVersion\":\"" : "\"resourceVersion\":\"")
        buffer.writeString(String(revision))
        buffer.writeStaticString(layout.isBeforeMember ? "\"," : "\"")
        buffer.writeBytes(bytes[layout.insertion...])
    }

    /// What somebody else has stored in another order is decoded; if even that fails it is shown as it is, so that one
    /// damaged object does not hide the others.
    private static func writeDecoded(
        _ bytes: [UInt8], _ revision: Int64, keepsKind: Bool, _ buffer: inout ByteBuffer
    ) {
        guard var json = try? JSONParser.parse(bytes) else {
            buffer.writeBytes(bytes)
            return
        }
        json.set(["metadata", "resourceVersion"], .string(String(revision)))
        if !keepsKind {
            json["kind"] = nil
            json["apiVersion"] = nil
        }
        buffer.writeBytes(JSONEncoder.encode(json))
    }

    private static func find(
        _ needle: [UInt8], in buffer: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int
    ) -> Int? {
        let last = min(buffer.count - needle.count, start + limit)
        guard start <= last else { return nil }
        for index in start...last where buffer[index] == needle[0] {
            if needle.indices.allSatisfy({ buffer[index + $0] == needle[$0] }) { return index }
        }
        return nil
    }

    /// No nested object or list: a uid behind one could be that of an owner.
    private static func isFlat(_ buffer: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        !range.contains { buffer[$0] == UInt8(ascii: "{") || buffer[$0] == UInt8(ascii: "[") }
    }
}
