import Testing

@testable import Objects

@Suite struct PatchTests {
    /// Patches and what a real Kubernetes 1.36 made of them, one after the other.
    @Test(arguments: ["api/strategic-patch", "api/json-patch", "api/merge-patch", "api/service-headless"])
    func recordedPatches(_ name: String) throws {
        let cases = fixture("objects/patches.json").array ?? []
        let recorded = try #require(cases.first { $0["case"]?.string == name })
        var object = JSON.null
        var kind: KindSchema?
        for step in recorded["steps"]?.array ?? [] {
            let body = step["body"] ?? .null
            let verb = step["do"]?.string ?? ""
            if verb.hasPrefix("POST") {
                kind = SchemaCatalog.builtin.kind(
                    apiVersion: body["apiVersion"]?.string ?? "", kind: body["kind"]?.string ?? "")
                object = try SchemaCatalog.builtin.decode(body, as: #require(kind)).object.json
                continue
            }
            guard !verb.contains("/nowhere"), !verb.contains("/status"), step["code"] == 200 || step["code"] == 422
            else { continue }
            let patched = Result { () throws -> JSON in
                let next = try patch(object, body, step["type"]?.string ?? "", #require(kind))
                return try SchemaCatalog.builtin.decode(next, as: #require(kind)).object.json
            }
            if step["code"] == 200 {
                object = try patched.get()
                compare(object, step)
            } else if step["type"] == "application/json-patch+json" {
                // Either the patch does not apply or the object that it makes is invalid.
                if let next = try? patched.get() {
                    let problems = SchemaCatalog.builtin.validateCreate(Object(next), try #require(kind))
                    #expect(!problems.isEmpty, "\(encoded(body))")
                }
            }
        }
    }

    private func patch(_ object: JSON, _ body: JSON, _ type: String, _ kind: KindSchema) throws -> JSON {
        switch type {
        case "application/json-patch+json": try JSONPatch(body).apply(to: object)
        case "application/merge-patch+json": MergePatch.apply(body, to: object)
        default: try StrategicMergePatch().apply(body, to: object, as: kind)
        }
    }

    private func compare(_ object: JSON, _ step: JSON) {
        for (path, expected) in step["answer"]?.object ?? JSONObject() where path.contains(".") {
            let found = object.at(path.split(separator: ".").map(String.init)) ?? .null
            #expect(
                encodedSorted(comparable(found)) == encodedSorted(comparable(expected)),
                "after \(encoded(step["body"] ?? .null))")
        }
        if let answer = step["answer"] {
            for field in ["data", "spec"] where answer[field] != nil {
                var (ours, theirs) = (object[field], answer[field])
                for path in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                    ours?[path] = nil
                    theirs?[path] = nil
                }
                #expect(encodedSorted(comparable(ours ?? .null)) == encodedSorted(comparable(theirs ?? .null)))
            }
        }
    }

    /// The test suite of RFC 7386, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#), ("[1]", #"{"a":1}"#, #"{"a":1}"#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        (#"{"a":"foo"}"#, "null", "null"),
    ])
    func mergePatch(_ target: String, _ patch: String, _ expected: String) throws {
        #expect(encoded(MergePatch.apply(try JSONParser.parse(patch), to: try JSONParser.parse(target))) == expected)
    }

    @Test(arguments: [
        (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/1","value":3}]"#, #"{"a":[1,3,2]}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/-","value":3}]"#, #"{"a":[1,2,3]}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[2]}"#),
        (
            #"{"a/b":1,"m~n":2}"#, #"[{"op":"remove","path":"/a~1b"},{"op":"test","path":"/m~0n","value":2}]"#,
            #"{"m~n":2}"#
        ),
        (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a/b","path":"/c"}]"#, #"{"a":{},"c":1}"#),
        (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[]}]"#, "[]"),
        (#"{"a":1}"#, #"[{"op":"test","path":"/b","value":null}]"#, #"{"a":1}"#),
        // Liberties of upstream's library.
        (#"{"a":1}"#, #"[{"op":"replace","path":"/x","value":2}]"#, #"{"a":1,"x":2}"#),
        (#"{"a":1}"#, #"[{"op":"copy","from":"/x","path":"/y"}]"#, #"{"a":1,"y":null}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/-1","value":3}]"#, #"{"a":[1,2,3]}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/-1"}]"#, #"{"a":[1]}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"add","path":"/a/01","value":3}]"#, #"{"a":[1,3,2]}"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"x/a","value":2}]"#, #"{"a":2}"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"/b"}]"#, #"{"a":1,"b":null}"#),
        (#"{"a":1}"#, "null", #"{"a":1}"#),
    ])
    func jsonPatch(_ target: String, _ patch: String, _ expected: String) throws {
        let result = try JSONPatch(try JSONParser.parse(patch)).apply(to: try JSONParser.parse(target))
        #expect(encoded(result) == expected)
    }

    @Test(arguments: [
        #"[{"op":"remove","path":"/x"}]"#, #"[{"op":"replace","path":"","value":1}]"#,
        #"[{"op":"add","path":"/a/9","value":1}]"#,
        #"[{"op":"add","path":"/x/y","value":1}]"#, #"[{"op":"test","path":"/a","value":1}]"#,
        #"[{"op":"test","path":"/x/y","value":null}]"#, #"[{"op":"add","path":"","value":{}}]"#,
        #"[{"op":"add","path":5,"value":1}]"#, "[5]", #"[{"op":"remove","path":"/a/-3"}]"#,
        #"[{"op":"move","from":"/a","path":"/a/b"}]"#, #"[{"op":"add","path":"a","value":1}]"#, #"[{"path":"/a"}]"#,
        #"{"op":"add"}"#, #"[{"op":"copy","path":"/b"}]"#, #"[{"op":"remove","path":""}]"#,
    ])
    func jsonPatchRefused(_ patch: String) throws {
        let patch = try JSONParser.parse(patch)
        #expect(throws: Status.self) { try JSONPatch(patch).apply(to: ["a": [1, 2]]) }
    }

    private func refusal(_ operations: [JSON], _ target: JSON) -> Status? {
        #expect(throws: Status.self) { try JSONPatch(.array(operations)).apply(to: target) }
    }

    private func copy(_ from: String, _ path: String) -> JSON {
        ["op": "copy", "from": .string(from), "path": .string(path)]
    }

    /// Forty copies of something into itself: two to the forty of it.
    @Test func copiesDoNotAddUpToMoreThanABody() {
        let target: JSON = ["data": ["a": "0123456789"]]
        let status = refusal((0..<40).map { copy("/data", "/data/x\($0)") }, target)
        #expect(status?.code == 422)
        #expect(status?.message.contains("accumulated size increase of copy") == true, "\(status?.message ?? "")")
    }

    /// Twelve copies of something into its deepest part: two to the twelve levels.
    @Test func copiesAndMovesDoNotNestDeeperThanABody() throws {
        let paths = (0..<12).map { "/a" + String(repeating: "/b", count: 1 << $0) }
        let copied = refusal(paths.map { copy("/a", $0) }, ["a": [:]])
        #expect(copied?.code == 422 && copied?.message.contains("exceeded max depth") == true)
        let lists = try JSONParser.parse(String(repeating: "[", count: 200) + String(repeating: "]", count: 200))
        let open = String(repeating: #"{"b":"#, count: 100) + "{}" + String(repeating: "}", count: 100)
        let target: JSON = ["v": lists, "w": try JSONParser.parse(open)]
        let place = JSON.string("/w" + String(repeating: "/b", count: 100) + "/v")
        let moved = refusal([["op": "move", "from": "/v", "path": place]], target)
        #expect(moved?.code == 422 && moved?.message.contains("exceeded max depth") == true)
        let added = refusal([["op": "add", "path": place, "value": lists]], target)
        #expect(added?.code == 422)
        #expect(throws: Never.self) { try JSONPatch([["op": "move", "from": "/v", "path": "/w/v"]]).apply(to: target) }
    }

    @Test func tenThousandSmallCopiesAreFine() throws {
        let patch = JSON.array(Array(repeating: copy("/a", "/list/-"), count: JSONPatch.maximumOperations))
        let result = try JSONPatch(patch).apply(to: ["a": ["b": "c"], "list": []])
        #expect(result["list"]?.array?.count == JSONPatch.maximumOperations)
    }

    /// Operations below the first level change what they are about and nothing beside it.
    @Test func nestedChangesStayInTheirPlace() throws {
        let target = try JSONParser.parse(#"{"a":[{"b":[1,2]},{"b":[3]}],"c":{"d":{"e":1}}}"#)
        let patch = try JSONParser.parse(
            #"[{"op":"add","path":"/a/0/b/1","value":9},{"op":"remove","path":"/a/1/b/0"},"#
                + #"{"op":"replace","path":"/c/d/e","value":2},{"op":"move","from":"/a/0/b/0","path":"/c/d/f"}]"#)
        let result = try JSONPatch(patch).apply(to: target)
        #expect(encoded(result) == #"{"a":[{"b":[9,2]},{"b":[]}],"c":{"d":{"e":2,"f":1}}}"#)
        #expect(encoded(target) == #"{"a":[{"b":[1,2]},{"b":[3]}],"c":{"d":{"e":1}}}"#)
    }

    @Test func valuesInErrorsAreCut() {
        let text = String(repeating: "x", count: 1_000_000)
        for value in [JSON.string(text), [.string(text)]] {
            #expect(FieldError.invalid("patch", value, "no").description.utf8.count < 20_000)
        }
        #expect(FieldError.invalid("a", ["b": 1], "no").description == #"a: Invalid value: {"b":1}: no"#)
    }

    private func strategic(_ target: String, _ patch: String) throws -> String {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .pods))
        return encoded(
            try StrategicMergePatch().apply(try JSONParser.parse(patch), to: try JSONParser.parse(target), as: kind))
    }

    @Test(arguments: [
        // Elements of the patch keep its order, others their place.
        (
            #"{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}}"#,
            #"{"spec":{"containers":[{"name":"d"},{"name":"b","image":"x"}]}}"#,
            #"{"spec":{"containers":[{"name":"d"},{"name":"a"},{"name":"b","image":"x"},{"name":"c"}]}}"#
        ),
        (
            #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
            #"{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}"#,
            #"{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}"#
        ),
        (
            #"{"metadata":{"finalizers":["a","b","c"]}}"#,
            #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["b"],"finalizers":["d"]}}"#,
            #"{"metadata":{"finalizers":["d","a","c"]}}"#
        ),
        (
            #"{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}"#,
            #"{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}"#,
            #"{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}}"#
        ),
        (
            #"{"metadata":{"labels":{"a":"1"}}}"#, #"{"metadata":{"labels":{"$patch":"replace","b":"2"}}}"#,
            #"{"metadata":{"labels":{"b":"2"}}}"#
        ),
        (
            #"{"metadata":{"labels":{"a":"1"}}}"#, #"{"metadata":{"labels":{"$patch":"delete"}}}"#,
            #"{"metadata":{"labels":{}}}"#
        ),
        (
            #"{"spec":{"tolerations":[{"key":"a"}]}}"#, #"{"spec":{"tolerations":[{"key":"b"}]}}"#,
            #"{"spec":{"tolerations":[{"key":"b"}]}}"#
        ),
        (
            "{}", #"{"spec":{"containers":[{"name":"a","$patch":"delete"},{"name":"b","image":null}]}}"#,
            #"{"spec":{"containers":[{"name":"b"}]}}"#
        ),
    ])
    func strategicMerge(_ target: String, _ patch: String, _ expected: String) throws {
        #expect(try strategic(target, patch) == expected)
    }

    @Test(arguments: [
        #"{"spec":{"containers":[{"image":"a"}]}}"#, #"{"$patch":"what"}"#, "[]",
        #"{"spec":{"$setElementOrder/containers":[{"name":"b"}],"containers":[{"name":"c"}]}}"#,
    ])
    func strategicMergeRefused(_ patch: String) {
        #expect(throws: Status.self) { try strategic(#"{"spec":{"containers":[{"name":"a"}]}}"#, patch) }
    }
}
