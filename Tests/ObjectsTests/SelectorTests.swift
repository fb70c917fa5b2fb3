import Testing

@testable import Objects

@Suite struct SelectorTests {
    @Test(arguments: [
        ("", true), ("a=1", true), ("a==1", true), ("a=2", false), ("a!=2", true), ("a!=1", false), ("b!=1", true),
        ("a", true), ("!a", false), ("b", false), ("!b", true), ("a in (1,2)", true), ("a notin (1,2)", false),
        ("b notin (1)", true), ("b in (1)", false), ("a>0", true), ("a<1", false), ("a=1,n=x", true),
        ("a=1,n=y", false),
        ("a in (2, 1 ),!z", true), ("example.com/x=", false), ("e=", true), ("a>x", nil), ("n>1", false), ("a,", nil),
        ("a=1=2", nil), ("a in ()", false), ("a in (1", nil), ("=1", nil), ("a in 1", nil), ("a b", nil), ("-a", nil),
        ("a=$", nil), ("!", nil), (",", nil),
    ])
    func query(_ text: String, _ expected: Bool?) {
        let selector = try? Selector(query: text)
        #expect(selector?.matches(["a": "1", "n": "x", "e": ""]) == expected)
    }

    @Test func structured() throws {
        let json: JSON = [
            "matchLabels": ["a": "1"],
            "matchExpressions": [
                ["key": "b", "operator": "DoesNotExist"], ["key": "a", "operator": "In", "values": ["1"]],
            ],
        ]
        let selector = try #require(Selector(labelSelector: json))
        #expect(selector.matches(["a": "1"]) && !selector.matches(["a": "1", "b": ""]) && !selector.matches([:]))
        #expect(Selector(labelSelector: ["matchExpressions": [["key": "a", "operator": "Gt"]]]) == nil)
        #expect(Selector(labelSelector: ["matchExpressions": [["key": "a", "operator": "In"]]]) == nil)
        #expect(Selector(labelSelector: .object(JSONObject()))?.selectsEverything == true)
    }

    @Test func fields() throws {
        let pods = try #require(SchemaCatalog.builtin.kind(for: .pods))
        let object = Object([
            "metadata": ["name": "web-0"], "spec": ["nodeName": "n,1"], "status": ["phase": "Running"],
        ])
        #expect(try FieldSelector(query: "metadata.name=web-0,status.phase!=Pending", kind: pods).matches(object))
        #expect(try FieldSelector(query: "spec.nodeName=n\\,1", kind: pods).matches(object))
        #expect(try !FieldSelector(query: "spec.nodeName==", kind: pods).matches(object))
        #expect(try FieldSelector(query: "metadata.name=web-0", kind: pods).name == "web-0")
        #expect(throws: Status.self) { try FieldSelector(query: "spec.foo=1", kind: pods) }
        #expect(throws: Status.self) { try FieldSelector(query: "metadata.name", kind: pods) }
    }

    @Test(arguments: [
        ("a", true), ("a.b", true), ("A", false), ("-a", false), ("a-", false), ("a..b", false), ("", false),
    ])
    func names(_ name: String, _ isValid: Bool) { #expect(Names.dnsSubdomain(name).isEmpty == isValid) }

    @Test(arguments: [
        ("a", true), ("A_b.c-d", true), ("example.com/a", true), ("/a", false), ("a/", false), ("a/b/c", false),
        ("é", false),
        ("Example/a", false), ("", false), ("[a", false), ("a_", false),
    ])
    func qualifiedNames(_ name: String, _ isValid: Bool) { #expect(Names.qualifiedName(name).isEmpty == isValid) }
}
