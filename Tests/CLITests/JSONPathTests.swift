import Objects
import Testing

@testable import CLI

@Suite struct JSONPathTests {
    private let list: JSON = [
        "kind": "List",
        "items": [
            [
                "metadata": ["name": "a", "labels": ["app.kubernetes.io/name": "x"]], "n": 1,
                "status": [
                    "conditions": [["type": "Ready", "status": "True"], ["type": "Other", "status": "False"]]
                ],
            ],
            ["metadata": ["name": "b"], "n": 2, "ports": [80, 443, 8080]],
        ],
    ]

    @Test(arguments: [
        ("{.kind}", "List"),
        ("{.items[*].metadata.name}", "a b"),
        ("{.items[0].metadata.name}", "a"),
        ("{.items[-1].metadata.name}", "b"),
        ("{range .items[*]}{.metadata.name}={.n}{\"\\n\"}{end}", "a=1\nb=2\n"),
        ("{.items[?(@.n>1)].metadata.name}", "b"),
        ("{.items[?(@.metadata.name==\"a\")].n}", "1"),
        ("{.items[0].status.conditions[?(@.type=='Ready')].status}", "True"),
        ("{.items[?(@.ports)].metadata.name}", "b"),
        ("{.items[0].metadata.labels.app\\.kubernetes\\.io/name}", "x"),
        ("{.items[0].metadata.labels['app.kubernetes.io/name']}", "x"),
        ("{.items[1].ports[0:2]}", "80 443"),
        ("{.items[1].ports[0,2]}", "80 8080"),
        ("{..name}", "a b"),
        ("{.items[0]['n','metadata'].name}", "a"),
        ("name: {.items[0].metadata.name}!", "name: a!"),
        ("{.missing.field}", ""),
        ("{.items[1].ports}", "[80,443,8080]"),
        ("{$.kind}", "List"),
        ("{'text'}", "text"),
        ("no braces", "no braces"),
    ])
    func templates(template: String, text: String) throws {
        #expect(try JSONPath(template: template).text(list) == text)
    }

    @Test(arguments: ["{.a", "{range .items[*]}", "{end}", "{.a[?(@.b)}", "{.a[x]}", "{'open}"])
    func mistakes(template: String) {
        #expect(throws: JSONPathError.self) { try JSONPath(template: template) }
    }

    @Test(arguments: ["kind", ".kind", "{.kind}", "{kind}"])
    func relaxedPaths(path: String) throws {
        #expect(try JSONPath(relaxed: path).values(list) == ["List"])
    }

    @Test func columns() throws {
        let columns = try CustomColumns("NAME:.metadata.name,PORTS:.ports[*],X:.x")
        #expect(columns.header == ["NAME", "PORTS", "X"])
        #expect(columns.row(try #require(list.at("items")?.array?.last)) == ["b", "80,443,8080", "<none>"])
        #expect(throws: JSONPathError.self) { try CustomColumns("NAME") }
    }
}
