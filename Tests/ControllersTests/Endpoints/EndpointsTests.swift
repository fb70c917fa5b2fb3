import Objects
import Testing

@testable import Controllers

@Suite struct EndpointsTests {
    private func service(_ spec: JSON = [:]) -> ServiceView {
        var object = Object([
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "nginx", "namespace": "case", "uid": "svc", "labels": ["app": "nginx"]],
            "spec": [
                "clusterIP": "None", "selector": ["app": "nginx"], "ports": [["name": "web", "port": 80]],
            ],
        ])
        for (key, value) in spec.object ?? JSONObject() { object["spec", key] = value }
        return ServiceView(object)
    }

    private func pod(_ ordinal: Int, ready: Bool = true, going: Bool = false, port: Int64 = 8080) -> Object {
        var pod = Object([
            "kind": "Pod",
            "metadata": [
                "name": .string("web-\(ordinal)"), "namespace": "case", "uid": .string("uid-\(ordinal)"),
                "labels": ["app": "nginx"],
            ],
            "spec": [
                "hostname": .string("web-\(ordinal)"), "subdomain": "nginx", "nodeName": "machine",
                "containers": [["ports": [["name": "http", "containerPort": .integer(port)]]]],
            ],
            "status": [
                "phase": "Running", "podIPs": [["ip": .string("10.89.0.\(ordinal)")]],
                "conditions": [["type": "Ready", "status": ready ? "True" : "False"]],
            ],
        ])
        if going { pod["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return pod
    }

    private func endpoints(_ pods: [Object], _ service: ServiceView) -> [PodEndpoint] {
        pods.compactMap { PodEndpoint($0, of: service) }
    }

    /// Slices as they are after the writes.
    private func slices(_ service: ServiceView, _ pods: [Object], after existing: [Object] = []) -> [Object] {
        var slices = existing
        for write in SliceDecision.decide(service, endpoints(pods, service), existing: existing) {
            switch write {
            case .create(var slice):
                slice.name = "nginx-\(slices.count)"
                slices.append(slice)
            case .update(let slice): slices = slices.map { $0.name == slice.name ? slice : $0 }
            case .delete(let slice): slices.removeAll { $0.name == slice.name }
            }
        }
        return slices
    }

    @Test func showsReadinessAddressesAndHostnames() throws {
        let slice = try #require(slices(service(), [pod(0), pod(1, ready: false), pod(2, going: true)]).first)
        let entries = slice["endpoints"]?.array ?? []
        #expect(entries.map { $0["hostname"]?.string } == ["web-0", "web-1", "web-2"])
        #expect(entries.map { $0["addresses"] } == [["10.89.0.0"], ["10.89.0.1"], ["10.89.0.2"]])
        #expect(entries.map { $0.at("conditions", "ready")?.bool } == [true, false, false])
        #expect(entries.map { $0.at("conditions", "serving")?.bool } == [true, false, true])
        #expect(entries.map { $0.at("conditions", "terminating")?.bool } == [false, false, true])
        #expect(slice["ports"] == [["name": "web", "protocol": "TCP", "port": 80]])
        #expect(slice.label("kubernetes.io/service-name") == "nginx")
        #expect(slice.label("service.kubernetes.io/headless") == "")
        #expect(slice.label("app") == "nginx")
        #expect(slice.controllerReference?.uid == "svc")
    }

    @Test func publishesWhatIsNotReadyIfAsked() {
        let service = service(["publishNotReadyAddresses": true])
        let slice = slices(service, [pod(0, ready: false)]).first
        #expect(slice?["endpoints"]?.array?.first?.at("conditions", "ready")?.bool == true)
        let object = EndpointsDecision.decide(service, endpoints([pod(0, ready: false)], service), existing: nil)
        #expect(object?["subsets"]?.array?.first?["addresses"]?.array?.count == 1)
    }

    @Test func leavesOutPodsWithoutAddressAndPodsThatEnded() {
        var waiting = pod(0)
        waiting["status", "podIPs"] = nil
        var ended = pod(1)
        ended["status", "phase"] = "Failed"
        #expect(endpoints([waiting, ended], service()).isEmpty)
        #expect(slices(service(), [waiting, ended]).count == 1)
    }

    @Test func resolvesNamedPorts() {
        let service = service(["ports": [["name": "web", "port": 80, "targetPort": "http"]]])
        let found = slices(service, [pod(0, port: 8080), pod(1, port: 9090), pod(2, port: 8080)])
        #expect(found.count == 2)
        let counts = found.map {
            ($0["ports"]?.array?.first?["port"]?.integer ?? 0, $0["endpoints"]?.array?.count ?? 0)
        }
        #expect(counts.contains { $0 == (8080, 2) } && counts.contains { $0 == (9090, 1) })
    }

    @Test func keepsEndpointsWhereTheyAre() {
        let service = service()
        let pods = (0..<150).map { pod($0) }
        let before = slices(service, pods)
        #expect(before.map { $0["endpoints"]?.array?.count } == [100, 50])
        let after = slices(service, pods.filter { $0.name != "web-3" }, after: before)
        #expect(after.map { $0["endpoints"]?.array?.count } == [99, 50])
        #expect(SliceDecision.decide(service, endpoints(pods, service), existing: before).isEmpty)
        let empty = slices(service, [], after: before)
        #expect(empty.count == 1 && empty[0]["endpoints"] == [])
    }

    @Test func writesEndpointsOnce() throws {
        let service = service()
        let found = endpoints([pod(1), pod(0), pod(2, ready: false), pod(3, going: true)], service)
        let object = try #require(EndpointsDecision.decide(service, found, existing: nil))
        let subset = object["subsets"]?.array?.first
        #expect(subset?["addresses"]?.array?.map { $0["ip"]?.string } == ["10.89.0.0", "10.89.0.1"])
        #expect(subset?["notReadyAddresses"]?.array?.map { $0["ip"]?.string } == ["10.89.0.2"])
        #expect(subset?["ports"] == [["name": "web", "port": 80, "protocol": "TCP"]])
        #expect(EndpointsDecision.decide(service, found, existing: object) == nil)
    }

    // MARK: More than Endpoints can hold

    private func many(_ range: Range<Int>, ready: Bool = true) -> [Object] {
        range.map { index in
            var pod = pod(index, ready: ready)
            pod["status", "podIPs"] = [["ip": .string("10.\(index / 65536).\(index / 256 % 256).\(index % 256)")]]
            return pod
        }
    }

    private func sizes(_ object: Object?, _ list: String) -> [Int] {
        (object?["subsets"]?.array ?? []).map { $0[list]?.array?.count ?? 0 }
    }

    @Test func saysThatThereAreMoreThanAThousand() throws {
        let service = service()
        let found = endpoints(many(0..<1500), service)
        let object = try #require(EndpointsDecision.decide(service, found, existing: nil))
        #expect(sizes(object, "addresses") == [1000])
        #expect(object.annotation("endpoints.kubernetes.io/over-capacity") == "truncated")
        #expect(EndpointsDecision.decide(service, found, existing: object) == nil)
        // Written by somebody who left out the mark.
        var unmarked = object
        unmarked.setAnnotation("endpoints.kubernetes.io/over-capacity", nil)
        let marked = EndpointsDecision.decide(service, found, existing: unmarked)
        #expect(marked?.annotation("endpoints.kubernetes.io/over-capacity") == "truncated")
        // A thousand are not too many.
        let fewer = try #require(EndpointsDecision.decide(service, Array(found.prefix(1000)), existing: object))
        #expect(sizes(fewer, "addresses") == [1000])
        #expect(fewer.annotation("endpoints.kubernetes.io/over-capacity") == nil)
    }

    @Test func leavesOutWhatIsNotReadyFirst() throws {
        let service = service()
        let some = endpoints(many(0..<900) + many(900..<1500, ready: false), service)
        let object = EndpointsDecision.decide(service, some, existing: nil)
        #expect(sizes(object, "addresses") == [900] && sizes(object, "notReadyAddresses") == [100])
        let all = endpoints(many(0..<1200) + many(1200..<1500, ready: false), service)
        let full = EndpointsDecision.decide(service, all, existing: nil)
        #expect(sizes(full, "addresses") == [1000] && sizes(full, "notReadyAddresses") == [0])
    }

    /// Of each subset as many as is its part, rounded up; the last one gets what is left.
    @Test func sharesTheRoomAmongTheSubsets() {
        let service = service()
        func subset(_ ready: Range<Int>, _ others: Range<Int>) -> EndpointsSubset {
            EndpointsSubset(endpoints(many(ready) + many(others, ready: false), service), [])
        }
        var subsets = [subset(0..<1000, 0..<0), subset(1000..<1500, 0..<0), subset(1500..<1501, 1501..<1600)]
        #expect(EndpointsCapacity.truncate(&subsets))
        #expect(subsets.map(\.ready.count) == [667, 333, 0])
        #expect(subsets.allSatisfy { $0.others.isEmpty })
        var waiting = [subset(0..<400, 400..<900), subset(1000..<1400, 1400..<1900)]
        #expect(EndpointsCapacity.truncate(&waiting))
        #expect(waiting.map(\.ready.count) == [400, 400])
        #expect(waiting.map(\.others.count) == [100, 100])
    }

    /// A slice that is over becomes the one that would be made: the placeholder of a new service is the usual case.
    @Test func reusesASliceThatNobodyNeeds() throws {
        let service = service()
        let placeholder = slices(service, [])
        let name = try #require(placeholder.first?.name)
        let filled = slices(service, [pod(0)], after: placeholder)
        #expect(filled.map(\.name) == [name])
        #expect(filled[0]["ports"]?.array?.count == 1 && filled[0]["endpoints"]?.array?.count == 1)
        #expect(slices(service, [], after: filled).map(\.name) == [name])
    }

    /// Upstream's subsets: ports that the same pods have are together, whatever else some of them have.
    @Test func putsPortsOfTheSamePodsTogether() throws {
        let ports: JSON = [
            ["name": "web", "port": 80], ["name": "admin", "port": 81, "targetPort": "http"],
            ["name": "more", "port": 82],
        ]
        let service = service(["ports": ports])
        var plain = pod(1)
        plain["spec", "containers"] = [[:]]
        let found = endpoints([pod(0), plain], service)
        let object = try #require(EndpointsDecision.decide(service, found, existing: nil))
        let subsets = object["subsets"]?.array ?? []
        let shape = subsets.map { subset in
            "\(subset["addresses"]?.array?.count ?? 0) "
                + (subset["ports"]?.array ?? []).compactMap { $0["name"]?.string }.joined(separator: ",")
        }
        #expect(Set(shape) == ["1 admin", "2 web,more"])
    }

    @Test func aPodWithoutThePortIsNoAddress() {
        let service = service(["ports": [["name": "web", "port": 80, "targetPort": "nothing"]]])
        let found = endpoints([pod(0)], service)
        #expect(EndpointsDecision.decide(service, found, existing: nil)?["subsets"] == nil)
        let bare = self.service(["ports": []])
        let all = EndpointsDecision.decide(bare, endpoints([pod(0)], bare), existing: nil)
        #expect(all?["subsets"]?.array?.first?["addresses"]?.array?.count == 1)
    }
}
