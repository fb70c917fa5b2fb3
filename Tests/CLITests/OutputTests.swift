import Client
import Objects
import Testing

@testable import CLI

@Suite struct OutputTests {
    @Test(
        arguments: [
            (-5, "<invalid>"), (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (600, "10m"), (10799, "179m"),
            (10800, "3h"),
            (11000, "3h3m"), (28800, "8h"), (172799, "47h"), (172800, "2d"), (180000, "2d2h"), (691200, "8d"),
            (63072000, "2y"),
            (70000000, "2y80d"), (400000000, "12y"),
        ] as [(Int64, String)])
    func ages(seconds: Int64, text: String) { #expect(Age.duration(seconds) == text) }

    @Test func timestamps() {
        #expect(Age.seconds("1970-01-02T00:00:01Z") == 86401)
        #expect(Age.seconds("2026-11-23T12:00:00.123456Z") == 1795435200)
        #expect(Age.since("nonsense", now: 5) == "<unknown>")
    }

    @Test(
        arguments: [("30s", 30), ("1m30s", 90), ("1.5h", 5400), ("500ms", 0.5), ("0", 0), ("7", 7), ("-1s", -1)]
            as [(String, Double)])
    func durations(text: String, seconds: Double) { #expect(GoDuration(argument: text)?.seconds == seconds) }

    @Test(arguments: ["", "x", "5x", "s", "1m2"])
    func mistakenDurations(text: String) { #expect(GoDuration(argument: text) == nil) }

    private let table: JSON = [
        "kind": "Table",
        "columnDefinitions": [
            ["name": "Name", "format": "name", "priority": 0], ["name": "Status", "priority": 0],
            ["name": "VolumeMode", "priority": 1],
        ],
        "rows": [
            [
                "cells": ["pv-claim", "Bound", "Filesystem"],
                "object": ["metadata": ["name": "pv-claim", "namespace": "default", "labels": ["a": "b"]]],
            ],
            ["cells": ["x", "two\nlines", nil], "object": ["metadata": ["name": "x", "namespace": "other"]]],
        ],
    ]

    @Test func tables() {
        let fetched = FetchedTable(resource: ResourceResolver.builtin[0], parts: [table])
        #expect(fetched.text(TableOptions()) == "NAME       STATUS\npv-claim   Bound\nx          two...\n")
        #expect(
            fetched.text(TableOptions(wide: true, namespaceColumn: true))
                == """
                NAMESPACE   NAME       STATUS   VOLUMEMODE
                default     pv-claim   Bound    Filesystem
                other       x          two...   \n
                """)
        #expect(
            fetched.text(TableOptions(headers: false, showLabels: true, labelColumns: ["a"], namePrefix: "pvc/"))
                == "pvc/pv-claim   Bound    b     a=b\npvc/x          two...         <none>\n")
    }

    @Test func aServerWithoutTablesGetsOne() {
        let list: JSON = ["items": [["metadata": ["name": "a", "creationTimestamp": "1970-01-01T00:00:00Z"]]]]
        let fetched = FetchedTable(resource: ResourceResolver.builtin[0], parts: [PlainTable.ensure(list, now: 60)])
        #expect(fetched.text(TableOptions()) == "NAME   AGE\na      60s\n")
    }

    @Test func elasticTabsAlignWhatBelongsTogether() {
        #expect(
            ElasticTabs.align("Name:\ta\nNamespace:\tb\nEvents:\n  x\ty\tz\n  long\ty\tz\n")
                == "Name:       a\nNamespace:  b\nEvents:\n  x     y  z\n  long  y  z\n")
    }

    @Test func json() {
        #expect(
            PrettyJSON.text(["b": [1, [:]], "a": "<x>"])
                == "{\n    \"a\": \"\\u003cx\\u003e\",\n    \"b\": [\n        1,\n        {}\n    ]\n}\n")
    }

    @Test func controlCharactersDoNotReachTheTerminal() {
        #expect(Terminal.escaped("a\u{1B}[31mb") == "a^[[31mb")
        #expect(Terminal.escaped("a\u{7F}\u{9B}31m\u{80}é") == "a^?\\u{9b}31m\\u{80}é")
        // Wherever the cells come from.
        var table = TextTable()
        #expect(table.text([["a\u{1B}[2J", "b\u{9B}\u{7F}\n"]]) == "a^[[2J   b\\u{9b}^?^J\n")
        #expect(ElasticTabs.align("a\u{1B}\tb\u{7F}\n") == "a^[  b^?\n")
    }

    @Test func lastAppliedIsKubectls() throws {
        let text =
            "kind: PersistentVolumeClaim\napiVersion: v1\nmetadata:\n  name: pv-claim\n  namespace: default\nspec:\n  accessModes: [ReadWriteOnce]\n"
        let manifest = try #require(try ManifestLoader.parse(text, source: "x").first)
        #expect(
            LastApplied.text(of: manifest.object)
                == #"{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"annotations":{},"name":"pv-claim","namespace":"default"},"spec":{"accessModes":["ReadWriteOnce"]}}"#
                + "\n")
        let annotated = LastApplied.annotated(manifest.object)
        #expect(LastApplied.text(of: annotated).contains("\"annotations\":{}"))
        #expect(LastApplied.read(annotated)?["kind"] == "PersistentVolumeClaim")
    }

    @Test func errorsAreKubectls() {
        #expect(
            ErrorReport.text(Status.notFound(.persistentVolumeClaims, "x"))
                == #"Error from server (NotFound): persistentvolumeclaims "x" not found"#)
        var invalid = Status(code: 422, reason: "Invalid", message: "m")
        (invalid.resource, invalid.name) = ("Pod", "p")
        invalid.causes = [.init(reason: "FieldValueRequired", message: "Required value", field: "spec.containers")]
        #expect(ErrorReport.text(invalid) == #"The Pod "p" is invalid: spec.containers: Required value"#)
        invalid.causes.append(.init(reason: "FieldValueInvalid", message: "Invalid value: 1", field: "spec.x"))
        #expect(
            ErrorReport.text(invalid)
                == "The Pod \"p\" is invalid: \n* spec.containers: Required value\n* spec.x: Invalid value: 1")
        #expect(ErrorReport.exitCode(ClientError(.socketMissing, "")) == 2)
        #expect(ErrorReport.exitCode(ClientError(.timedOut, "")) == 1)
    }

    @Test(arguments: [
        ("pvc", "persistentvolumeclaims"), ("PersistentVolumeClaim", "persistentvolumeclaims"), ("sts", "statefulsets"),
        ("statefulset.apps", "statefulsets"), ("statefulsets.v1.apps", "statefulsets"), ("ev", "events"),
        ("pods.v1", "pods"),
    ])
    func resourceNames(name: String, resource: String) {
        #expect(ResourceResolver.find(name, in: ResourceResolver.builtin)?.resource == resource)
    }

    @Test func manifestsReportTheirPlace() {
        let error = #expect(throws: CommandFailure.self) {
            try ManifestLoader.parse("kind: Pod\napiVersion: v1\n---\nmetadata: {}\n", source: "a.yaml")
        }
        #expect(error?.message == #"error: error validating "a.yaml": line 4: apiVersion not set"#)
    }
}
