import Objects

/// Where a list goes on: upstream's token (k8s.io/apiserver, storage/continue.go), so that clients which look inside
/// find what they expect.
struct ContinueToken: Sendable, Hashable {
    /// The list is pinned to it; -1: go on with the newest.
    var revision: Int64
    /// The first key of the rest, without the prefix of the listed keys.
    var start: String

    var text: String {
        Base64.encodeURL(
            JSONEncoder.encode(["v": "meta.k8s.io/v1", "rv": .integer(revision), "start": .string(start)]))
    }

    init(revision: Int64, start: String) {
        self.revision = revision
        self.start = start
    }

    /// Throws 400.
    init(_ text: String) throws(Status) {
        guard let bytes = Base64.decodeURL(text), let json = try? JSONParser.parse(bytes) else {
            throw .badRequest("invalid continue token: continue key is not valid")
        }
        guard json["v"]?.string == "meta.k8s.io/v1" else {
            throw .badRequest(
                "invalid continue token: continue key is not valid: server does not recognize this encoded version "
                    + (json["v"]?.string ?? ""))
        }
        guard let revision = json["rv"]?.integer, revision != 0 else {
            throw .badRequest(
                "invalid continue token: continue key is not valid: incorrect encoded start resourceVersion "
                    + "(version meta.k8s.io/v1)")
        }
        guard let start = json["start"]?.string, !start.isEmpty else {
            throw .badRequest(
                "invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
        }
        // Nobody climbs out of the listed prefix.
        let steps = start.split(separator: "/", omittingEmptySubsequences: false)
        guard !steps.contains(where: { $0 == "." || $0 == ".." || $0.isEmpty }) else {
            throw .badRequest("invalid continue token: continue key is not valid: \(start)")
        }
        self.revision = revision
        self.start = start
    }
}
