import Testing

@testable import Objects

@Suite struct StatusTests {
    @Test func notFoundIsUpstreams() {
        let status = Status.notFound(.statefulSets, "web")
        #expect(
            encoded(status.json) == #"""
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"statefulsets.apps \"web\" not found","reason":"NotFound","details":{"name":"web","group":"apps","kind":"statefulsets"},"code":404}
                """#)
        #expect(Status(json: status.json) == status)
    }

    @Test func invalidJoinsItsProblems() throws {
        let one = FieldError.required("spec.capacity")
        let two = FieldError.notSupported("spec.mode", "X", ["A", "B"])
        let status = try #require(Status.invalid(group: "apps", kind: "Thing", name: "a", [one, two]))
        #expect(
            status.message == #"Thing.apps "a" is invalid: [spec.capacity: Required value, "#
                + #"spec.mode: Unsupported value: "X": supported values: "A", "B"]"#)
        #expect(
            status.causes.map(\.message) == ["Required value", #"Unsupported value: "X": supported values: "A", "B""#])
        #expect(Status.invalid(group: "", kind: "Thing", name: "a", []) == nil)
    }

    @Test func everyKindIsFoundByResourceAndByKind() {
        for kind in SchemaCatalog.builtin.kinds {
            #expect(SchemaCatalog.builtin.kind(for: kind.resourceName) == kind)
            #expect(SchemaCatalog.builtin.kind(apiVersion: kind.apiVersion, kind: kind.kind) == kind)
        }
        #expect(SchemaCatalog.builtin.kind(group: "apps", version: "v2", resource: "statefulsets") == nil)
    }
}
