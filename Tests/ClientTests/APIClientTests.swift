import Client
import ClientTestSupport
import Objects
import Testing

@Suite struct APIClientTests {
    private func client(_ server: ScriptedServer) -> APIClient {
        APIClient(endpoint: APIEndpoint(server.path), userAgent: "test", timeout: 30)
    }

    @Test(arguments: [
        (ResourceName.pods, "default" as String?, "a" as String?, "/api/v1/namespaces/default/pods/a"),
        (.statefulSets, "x", nil, "/apis/apps/v1/namespaces/x/statefulsets"),
        (.pods, nil, nil, "/api/v1/pods"),
        (.persistentVolumes, "ignored", "a b/c", "/api/v1/persistentvolumes/a%20b%2Fc"),
    ])
    func paths(resource: ResourceName, namespace: String?, name: String?, path: String) throws {
        #expect(try APIResource(resource).path(namespace: namespace, name: name) == path)
    }

    @Test func aStatusIsThrown() async throws {
        let server = try await ScriptedServer { request, answer in
            answer.send(
                404,
                #"{"kind":"Status","status":"Failure","message":"pods \"a\" not found","reason":"NotFound","details":{"name":"a","kind":"pods"},"code":404}"#
            )
        }
        let error = await #expect(throws: Status.self) {
            _ = try await client(server).get(ObjectKey(.pods, namespace: "default", name: "a"))
        }
        #expect(error?.code == 404)
        #expect(error?.message == #"pods "a" not found"#)
        #expect(error?.resource == "pods")
        try await server.stop()
    }

    @Test func anAnswerThatIsNoStatusIsOneAllTheSame() async throws {
        let server = try await ScriptedServer { _, answer in answer.send(502, "bad\ngateway") }
        let error = await #expect(throws: Status.self) { _ = try await client(server).json(.get, "/") }
        #expect(error?.code == 502)
        #expect(error?.message == "bad gateway")
        try await server.stop()
    }

    @Test func listsFollowTheirPages() async throws {
        let server = try await ScriptedServer { request, answer in
            if request.uri.contains("continue=t%2F1") {
                answer.send(
                    #"{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]}"#)
            } else {
                answer.send(
                    #"{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"t/1"},"items":[{"metadata":{"name":"a"}}]}"#
                )
            }
        }
        let list = try await client(server).list(.pods, namespace: "default", query: ListQuery(labelSelector: "a=b"))
        #expect(list.items.map(\.name) == ["a", "b"])
        #expect(list.items.map(\.kind) == ["Pod", "Pod"])
        #expect(list.resourceVersion == "7")
        try await server.stop()
    }

    @Test func aListWhosePagesExpireIsStartedAnew() async throws {
        let server = try await ScriptedServer { request, answer in
            if request.uri.contains("continue=") {
                answer.send(410, #"{"kind":"Status","reason":"Expired","message":"too old","code":410}"#)
            } else if request.uri.contains("limit=") {
                answer.send(#"{"metadata":{"resourceVersion":"7","continue":"t"},"items":[{"metadata":{"name":"a"}}]}"#)
            } else {
                answer.send(#"{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"b"}}]}"#)
            }
        }
        let list = try await client(server).list(.pods)
        #expect(list.items.map(\.name) == ["b"])
        try await server.stop()
    }

    @Test func writesCarryTheirOptions() async throws {
        let server = try await ScriptedServer { request, answer in
            answer.send(
                #"{"kind":"Pod","metadata":{"name":"\#(request.method) \#(request.uri) \#(request.header("Content-Type") ?? "")"}}"#
            )
        }
        let client = client(server)
        let query = WriteQuery(fieldManager: "m", fieldValidation: "Strict", dryRun: true)
        let suffix = "?dryRun=All&fieldManager=m&fieldValidation=Strict"
        let pod = Object(["metadata": ["name": "p", "namespace": "n"]])
        #expect(
            try await client.create(pod, in: .pods, query: query).name
                == "POST /api/v1/namespaces/n/pods\(suffix) application/json")
        #expect(
            try await client.update(pod, in: .pods, subresource: "status", query: query).name
                == "PUT /api/v1/namespaces/n/pods/p/status\(suffix) application/json")
        #expect(
            try await client.patch(ObjectKey(.pods, namespace: "n", name: "p"), type: .strategic, patch: [:]).name
                == "PATCH /api/v1/namespaces/n/pods/p application/strategic-merge-patch+json")
        try await server.stop()
    }

    @Test func modifyTriesAgainAfterAConflict() async throws {
        let server = try await ScriptedServer { request, answer in
            if request.method == "GET" {
                answer.send(#"{"kind":"Pod","metadata":{"name":"p","namespace":"n","resourceVersion":"1"}}"#)
            } else if request.text.contains("second") {
                answer.send(request.text)
            } else {
                answer.send(409, #"{"kind":"Status","reason":"Conflict","message":"m","code":409}"#)
            }
        }
        var attempts = 0
        let written = try await client(server).modify(ObjectKey(.pods, namespace: "n", name: "p")) { pod in
            attempts += 1
            var pod = pod
            pod.setLabel("attempt", attempts == 1 ? "first" : "second")
            return pod
        }
        #expect(written.label("attempt") == "second")
        try await server.stop()
    }

    @Test func discoveryReadsBothForms() async throws {
        let aggregated = try await ScriptedServer { request, answer in
            guard request.uri == "/api" else { return answer.send(#"{"kind":"APIGroupDiscoveryList","items":[]}"#) }
            answer.send(
                #"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[{"resource":"pods","responseKind":{"kind":"Pod"},"scope":"Namespaced","singularResource":"pod","shortNames":["po"],"verbs":["get"]}]}]}]}"#
            )
        }
        let legacy = try await ScriptedServer { request, answer in
            switch request.uri {
            case "/api": answer.send(#"{"kind":"APIVersions","versions":["v1"]}"#)
            case "/apis": answer.send(#"{"kind":"APIGroupList","groups":[]}"#)
            default:
                answer.send(
                    #"{"kind":"APIResourceList","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get"],"shortNames":["po"]},{"name":"pods/log","kind":"Pod"}]}"#
                )
            }
        }
        let expected = [
            APIResource(
                group: "", version: "v1", resource: "pods", kind: "Pod", namespaced: true, shortNames: ["po"],
                verbs: ["get"])
        ]
        #expect(try await client(aggregated).discover() == expected)
        #expect(try await client(legacy).discover() == expected)
        try await aggregated.stop()
        try await legacy.stop()
    }
}
