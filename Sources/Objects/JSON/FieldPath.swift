/// Paths of fields as answers show them (`spec.containers[0].image`). A key can be as long as a body and stand before
/// many paths, so what is longer than anybody reads is cut.
package enum FieldPath {
    package static let maximumLength = 1024

    /// `path` below `step`. A path that is long enough stays as it is: its end says more than its beginning.
    package static func joined(_ step: String, _ path: String) -> String {
        if path.utf8.count >= maximumLength { return path }
        let separator = path.utf8.first == UInt8(ascii: "[") ? "" : "."
        return step.cut(to: maximumLength) + separator + path
    }
}

extension String {
    /// Its first bytes if there are more than `limit`.
    package func cut(to limit: Int) -> String {
        utf8.count > limit ? String(decoding: utf8.prefix(limit), as: UTF8.self) + "..." : self
    }
}
