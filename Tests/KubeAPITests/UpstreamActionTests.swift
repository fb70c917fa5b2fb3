import Objects
import Testing

@testable import KubeAPI

/// Events of events.k8s.io, reviews, tokens, scales and evictions: each answer compared with that of kube-apiserver 1.36.
@Suite struct UpstreamActionTests {
    private func causes(_ answer: Answer) -> [String] {
        (answer["details", "causes"]?.array ?? []).map { $0["field"]?.string ?? "" }
    }

    private static func event(_ name: String, _ changes: [(String, JSON?)] = []) -> String {
        var event: JSON = [
            "metadata": ["name": .string(name)], "eventTime": "2026-01-01T00:00:00.000000Z",
            "reportingController": "x.io/c", "reportingInstance": "i", "action": "a", "reason": "r", "type": "Normal",
            "regarding": ["kind": "Pod", "namespace": "default", "name": "p"],
        ]
        for (field, value) in changes { event[field] = value }
        return String(decoding: JSONEncoder.encode(event), as: UTF8.self)
    }

    private static let events = "/apis/events.k8s.io/v1/namespaces/default/events"

    @Test(
        arguments: [
            ([("eventTime", nil)], ["eventTime"]), ([("type", "Other")], ["type"]),
            ([("reportingController", "Bad Name")], ["reportingController"]), ([("action", nil)], ["action"]),
            ([("deprecatedCount", 3)], ["count"]), ([("deprecatedSource", ["component": "x"])], ["source"]),
            ([("deprecatedFirstTimestamp", "2026-01-01T00:00:00Z")], ["firstTimestamp"]),
            ([("series", ["count": 1])], ["series.count", "series.lastObservedTime"]),
        ] as [([(String, JSON?)], [String])])
    func strictEvents(_ changes: [(String, JSON?)], _ fields: [String]) async throws {
        let server = try await APITestServer()
        let answer = try await server.call("POST", Self.events, Self.event("e", changes))
        #expect(answer.status == 422 && causes(answer) == fields, "\(answer.body)")
        #expect(answer["details", "group"] == nil)
        await server.stop()
    }

    @Test func eventsOfThatAPIOnlyGrowTheirSeries() async throws {
        let server = try await APITestServer()
        #expect(try await server.call("POST", Self.events, Self.event("e")).status == 201)
        let merge = "application/merge-patch+json"
        let path = Self.events + "/e"
        let reason = try await server.call("PATCH", path, #"{"reason":"other"}"#, type: merge)
        #expect(reason.status == 422 && causes(reason) == ["reason", "reason"])
        let series = #"{"series":{"count":2,"lastObservedTime":"2026-01-01T00:00:00.000000Z"}}"#
        #expect(try await server.call("PATCH", path, series, type: merge).status == 200)
        let core = "/api/v1/namespaces/default/events/e"
        #expect(try await server.call("PATCH", core, #"{"reason":"other"}"#, type: merge).status == 200)
        await server.stop()
    }

    private static let reviews = "/apis/authorization.k8s.io/v1/"
    private static let pods = #""resourceAttributes":{"verb":"get","resource":"pods"}"#

    @Test(arguments: [
        (reviews + "selfsubjectaccessreviews", #"{"spec":{}}"#, 422, ["spec.resourceAttributes"]),
        (
            reviews + "selfsubjectaccessreviews",
            #"{"spec":{\#(pods),"nonResourceAttributes":{"path":"/x","verb":"get"}}}"#, 422,
            ["spec.nonResourceAttributes"]
        ),
        (reviews + "selfsubjectaccessreviews", #"{"metadata":{"name":"x"},"spec":{\#(pods)}}"#, 422, ["metadata"]),
        (reviews + "selfsubjectaccessreviews", #"{"spec":{\#(pods)}}"#, 201, []),
        (reviews + "subjectaccessreviews", #"{"spec":{\#(pods)}}"#, 422, ["spec.user"]),
        (
            reviews + "namespaces/default/localsubjectaccessreviews",
            #"{"spec":{"user":"u","resourceAttributes":{"verb":"get","resource":"pods","namespace":"other"}}}"#, 422,
            ["spec.resourceAttributes.namespace"]
        ),
        (reviews + "selfsubjectrulesreviews", #"{"spec":{}}"#, 400, []),
        ("/apis/authentication.k8s.io/v1/tokenreviews", #"{"spec":{}}"#, 400, []),
    ])
    func reviewsAreChecked(_ path: String, _ body: String, _ code: Int, _ fields: [String]) async throws {
        let server = try await APITestServer()
        let answer = try await server.call("POST", path, body)
        #expect(answer.status == code && causes(answer) == fields, "\(answer.body)")
        await server.stop()
    }

    @Test func whatAnActionIsAboutMustBeNamedAsThePathDoes() async throws {
        let server = try await APITestServer()
        let pods = "/api/v1/namespaces/default/pods"
        let pod = #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
        #expect(try await server.call("POST", pods, pod).status == 201)
        #expect(try await server.call("POST", pods + "/p/eviction", "{}").status == 400)
        #expect(try await server.call("GET", pods + "/p").status == 200)
        let scale = #"{"metadata":{"name":"s","namespace":"other"},"spec":{"replicas":1}}"#
        let path = "/apis/apps/v1/namespaces/default/statefulsets/s/scale"
        #expect(try await server.call("PUT", path, scale).status == 400)
        await server.stop()
    }

    /// The pod's own labels decide, as they were when it was made.
    @Test func keysOfLabelsBecomeSelectors() async throws {
        let server = try await APITestServer()
        let pod = #"""
            {"metadata":{"name":"p","labels":{"app":"x","v":"1"}},"spec":{"containers":[{"name":"c","image":"i"}],
            "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"k",
            "labelSelector":{"matchLabels":{"app":"x"}},"matchLabelKeys":["v","none"]}]},
            "podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"podAffinityTerm":
            {"topologyKey":"k","labelSelector":{"matchLabels":{"app":"x"}},"mismatchLabelKeys":["v"]}}]}},
            "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"k","whenUnsatisfiable":"DoNotSchedule",
            "labelSelector":{"matchExpressions":[{"key":"app","operator":"Exists"}]},"matchLabelKeys":["v"]}]}}
            """#
        let made = try await server.call("POST", "/api/v1/namespaces/default/pods", pod)
        #expect(made.status == 201, "\(made.body)")
        let spec = try #require(made["spec"])
        let near = spec.at("affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")?.array?.first
        #expect(near?.at("labelSelector", "matchExpressions") == [["key": "v", "operator": "In", "values": ["1"]]])
        let apart = spec.at("affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution")?.array?
            .first
        #expect(
            apart?.at("podAffinityTerm", "labelSelector", "matchExpressions")
                == [["key": "v", "operator": "NotIn", "values": ["1"]]])
        #expect(
            spec["topologySpreadConstraints"]?.array?.first?.at("labelSelector", "matchExpressions")
                == [["key": "app", "operator": "Exists"], ["key": "v", "operator": "In", "values": ["1"]]])
        let twice = pod.replacing(#""name":"p""#, with: #""name":"q""#).replacing(#"["v","none"]"#, with: #"["app"]"#)
        let refused = try await server.call("POST", "/api/v1/namespaces/default/pods", twice)
        #expect(
            causes(refused) == ["spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0][0]"])
        await server.stop()
    }
}
