import Objects
import Testing

@testable import KubeAPI

@Suite struct RouterTests {
    private let router = Router(catalog: .builtin)

    @Test(arguments: [
        ("/api/v1/namespaces/a/pods", "pods", "a", "", ""),
        ("/api/v1/namespaces/a/pods/", "pods", "a", "", ""),
        ("/api/v1/namespaces/a/pods/p/log", "pods", "a", "p", "log"),
        ("/api/v1/pods", "pods", "", "", ""),
        ("/api/v1/namespaces", "namespaces", "", "", ""),
        ("/api/v1/namespaces/a", "namespaces", "", "a", ""),
        ("/api/v1/namespaces/a/status", "namespaces", "", "a", "status"),
        ("/api/v1/namespaces/a/finalize", "namespaces", "", "a", "finalize"),
        ("/api/v1/persistentvolumes/pv/status", "persistentvolumes", "", "pv", "status"),
        ("/apis/apps/v1/namespaces/a/statefulsets/web/scale", "statefulsets", "a", "web", "scale"),
        ("/apis/storage.k8s.io/v1/storageclasses/fast%2Done", "storageclasses", "", "fast-one", ""),
    ])
    func findsResources(_ path: String, resource: String, namespace: String, name: String, subresource: String) {
        guard case .resource(let route) = router.route(path) else {
            Issue.record("\(path) is no resource")
            return
        }
        #expect(route.kind.resource == resource)
        #expect(route.namespace == namespace)
        #expect(route.name == name)
        #expect(route.subresource == subresource)
    }

    @Test(arguments: [
        "/api/v2/pods", "/api/v1/nothing", "/api/v1/pods/p", "/api/v1/namespaces/a/persistentvolumes",
        "/apis/apps/v2/statefulsets", "/api/v1/namespaces/a/pods/p/nothing", "/api/v1/namespaces/a/pods/p/log/x",
        "/apis/apps/v1/namespaces/a/statefulsets/web/log", "/api/v1/namespaces/%zz/pods", "/foo", "/livez/a/b",
    ])
    func knowsNothingElse(_ path: String) {
        guard case .unknown = router.route(path) else {
            Issue.record("\(path) was taken for \(router.route(path))")
            return
        }
    }

    @Test(arguments: [
        ("", "/"), ("/", "/"), ("//version", "/version"), ("/livez//ping/", "/livez/ping"), ("/met%72ics", "/metrics"),
        ("/api/", "/api"), ("/apis//apps", "/apis/apps"), ("/apis/apps/v1/", "/apis/apps/v1"), ("/api/v1", "/api/v1"),
        ("/openapi/v2", "/openapi/v2"), ("/openapi/v3", "/openapi/v3"),
        ("/openapi//v3/apis/apps/v1", "/openapi/v3/apis/apps/v1"), ("/openapi/v3/api/v1", "/openapi/v3/api/v1"),
        ("/api/v1/namespaces/a/%70ods/p//log", "/api/v1/namespaces/a/pods/p/log"),
        ("/api/v1/watch/namespaces/a/pods", "/api/v1/watch/namespaces/a/pods"),
        ("/apis/storage.k8s.io/v1/storageclasses/fast%2Done", "/apis/storage.k8s.io/v1/storageclasses/fast-one"),
        ("/apis/storage.k8s.io/v1/storageclasses/a%20%C3%A9", "/apis/storage.k8s.io/v1/storageclasses/a%20%C3%A9"),
        ("/apis/authentication.k8s.io/v1//tokenreviews", "/apis/authentication.k8s.io/v1/tokenreviews"),
        (
            "/apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews/",
            "/apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews"
        ),
        ("//berth/v1/snapshot", "/berth/v1/snapshot"), ("/berth/v1/%63redentials", "/berth/v1/credentials"),
        ("/berth/v1/why/pod/a%2Fb", "/berth/v1/why/pod/a%2Fb"), ("/berth//v1", "/berth/v1"),
        (
            "/berth/v1/history//api/v1/namespaces/a/configmaps/m",
            "/berth/v1/history/api/v1/namespaces/a/configmaps/m"
        ),
    ])
    func everyPathHasOneSpelling(_ path: String, _ canonical: String) {
        #expect(router.route(path).canonicalPath == canonical)
        #expect(router.route(canonical).canonicalPath == canonical)
    }

    @Test(arguments: ["/foo", "/./version", "/api/v1/nothing", "/%zz", "/berth"])
    func whatLeadsNowhereHasNone(_ path: String) { #expect(router.route(path).canonicalPath == nil) }

    @Test func decodesQueries() {
        let query = Query("labelSelector=a%3Db+c&watch&limit=5&dryRun=All&dryRun=x&empty=")
        #expect(query?["labelSelector"] == "a=b c")
        #expect(query?.flag("watch") == true)
        #expect(query.map { $0.values("dryRun") } == ["All", "x"])
        #expect(query?["empty"] == "")
        #expect((Query("a=%").map { _ in 1 }) == nil)
        #expect(Query("watch=false")?.flag("watch") == false)
        #expect(Query("watch=0")?.flag("watch") == false)
    }
}
