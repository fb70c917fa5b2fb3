import NIOCore
import Objects
import Registry
import Testing

@testable import KubeAPI

@Suite struct RepresentationTests {
    private func spliced(_ json: String) -> String {
        var buffer = ByteBuffer()
        Splice.write(Array(json.utf8), revision: 7, to: &buffer)
        return String(buffer: buffer)
    }

    @Test(arguments: [
        (
            #"{"kind":"A","apiVersion":"v1","metadata":{"name":"a","uid":"u","labels":{"x":"y"}},"spec":{}}"#,
            #"{"kind":"A","apiVersion":"v1","metadata":{"name":"a","uid":"u","resourceVersion":"7","labels":{"x":"y"}},"spec":{}}"#
        ),
        (
            #"{"kind":"A","apiVersion":"v1","metadata":{"name":"a"}}"#,
            #"{"kind":"A","apiVersion":"v1","metadata":{"resourceVersion":"7","name":"a"}}"#
        ),
        (
            #"{"kind":"A","apiVersion":"v1","metadata":{}}"#,
            #"{"kind":"A","apiVersion":"v1","metadata":{"resourceVersion":"7"}}"#
        ),
        (
            #"{"kind":"A","apiVersion":"v1","metadata":{"name":"a","ownerReferences":[{"uid":"o"}]}}"#,
            #"{"kind":"A","apiVersion":"v1","metadata":{"resourceVersion":"7","name":"a","ownerReferences":[{"uid":"o"}]}}"#
        ),
        (#"{"a":1}"#, #"{"a":1,"metadata":{"resourceVersion":"7"}}"#),
    ])
    func splices(_ stored: String, expected: String) { #expect(spliced(stored) == expected) }

    @Test func itemsHaveNoKind() {
        var buffer = ByteBuffer()
        let stored = #"{"kind":"A","apiVersion":"v1","metadata":{"name":"a","uid":"u"},"data":{}}"#
        Splice.writeItem(Array(stored.utf8), revision: 7, to: &buffer)
        #expect(String(buffer: buffer) == #"{"metadata":{"name":"a","uid":"u","resourceVersion":"7"},"data":{}}"#)
    }

    @Test(
        arguments: [
            (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (600, "10m"),
            (3 * 3600 - 1, "179m"), (3 * 3600, "3h"), (3 * 3600 + 60, "3h1m"), (8 * 3600 + 60, "8h"), (48 * 3600, "2d"),
            (49 * 3600, "2d1h"), (8 * 86400, "8d"), (730 * 86400, "2y"), (731 * 86400, "2y1d"), (9 * 365 * 86400, "9y"),
        ] as [(Int64, String)])
    func showsAges(_ seconds: Int64, text: String) { #expect(Age.text(seconds: seconds) == text) }

    @Test(arguments: [
        ("", Negotiated()),
        ("*/*", Negotiated()),
        ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Negotiated(representation: .table)),
        ("application/json;as=Other;v=v1;g=meta.k8s.io, application/yaml", Negotiated(format: .yaml)),
        ("application/vnd.kubernetes.protobuf,application/json", Negotiated()),
        ("application/vnd.kubernetes.protobuf", Negotiated(format: .protobuf)),
        ("application/json;q=0.1,application/yaml;q=0.9", Negotiated(format: .yaml)),
    ])
    func negotiates(_ accept: String, expected: Negotiated) throws {
        let elements = accept.split(separator: ",").map { String($0).trimmed }
        #expect(try Negotiated.choose(accept: elements) == expected)
    }

    @Test func refusesWhatItCannotGive() {
        let status = #expect(throws: Status.self) { try Negotiated.choose(accept: ["text/html"]) }
        #expect(status?.code == 406)
    }

    @Test func printsPodsAsUpstream() {
        func row(_ status: JSON, deleted: Bool = false) -> [JSON] {
            var pod = Object(["metadata": ["name": "p"], "spec": ["containers": [["name": "a"], ["name": "b"]]]])
            pod["status"] = status
            if deleted { pod["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
            return Array(TablePrinter.pods.cells(pod, Timestamp.now())[1...3])
        }
        let running: JSON = ["name": "a", "ready": true, "restartCount": 2, "state": ["running": [:]]]
        let broken: JSON = ["name": "b", "ready": false, "state": ["waiting": ["reason": "CrashLoopBackOff"]]]
        #expect(row(["phase": "Pending"]) == ["0/2", "Pending", "0"])
        #expect(
            row(["phase": "Running", "containerStatuses": [running, broken]]) == ["1/2", "CrashLoopBackOff", "2"])
        #expect(
            row(["phase": "Running", "containerStatuses": [running]], deleted: true) == ["1/2", "Terminating", "2"])
        #expect(row(["phase": "Succeeded"], deleted: true) == ["0/2", "Succeeded", "0"])
    }
}
