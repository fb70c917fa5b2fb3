import Gzip
import NIOCore
import Transport

/// Whether and how an answer is compressed: as upstream does it (k8s.io/apiserver,
/// pkg/endpoints/handlers/responsewriters/writers.go), so small answers and watches never are.
enum Compression {
    /// Bodies longer than this are worth it.
    static let threshold = 128 * 1_024
    static let level: Int32 = 1

    /// `gzip` must stand there by itself: what has a weight is not taken.
    static func isAccepted(_ headers: Headers) -> Bool {
        headers.values("Accept-Encoding").joined(separator: ",").split(separator: ",")
            .contains { $0.trimmingPrefix { $0 == " " }.prefix { $0 != " " } == "gzip" && !$0.contains(";") }
    }

    static func mark(_ headers: inout Headers) {
        headers.add("Content-Encoding", "gzip")
        headers.add("Vary", "Accept-Encoding")
    }

    /// For a client that accepts it.
    static func compress(_ response: inout HTTPResponse) {
        guard response.body.readableBytes > threshold, response.head.headers["Content-Encoding"] == nil else { return }
        response.body = GzipWriter.compress(response.body, level: level)
        mark(&response.head.headers)
    }
}
