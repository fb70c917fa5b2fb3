import NIOPosix
import Objects
internal import Transport

@testable import DNS

/// A zone with one of each: a headless Service with a StatefulSet's pods, a cluster IP, an alias, a pod.
enum Fixture {
    static func server() -> DNSServer {
        guard let options = Zone.Options(networks: ["10.89.0.0/16", "10.96.0.0/12"], servers: [.v4(0x7f00_0099)]) else {
            fatalError("the options are constants")
        }
        let server = DNSServer(group: MultiThreadedEventLoopGroup.singleton, options: options)
        server.update { fill(&$0) }
        return server
    }

    static func service(_ spec: JSON) -> ServiceRecords? { ServiceRecords(Object(["spec": spec])) }

    static func endpoint(_ host: String?, _ addresses: [JSON], ready: Bool? = true) -> JSON {
        var endpoint: JSON = ["addresses": .array(addresses)]
        endpoint["hostname"] = host.map { .string($0) }
        if let ready { endpoint["conditions"] = ["ready": .bool(ready)] }
        return endpoint
    }

    static func slice(_ endpoints: [JSON], ports: JSON = [["name": "web", "port": 8080, "protocol": "TCP"]])
        -> SliceRecords
    {
        SliceRecords(Object(["endpoints": .array(endpoints), "ports": ports]))
    }

    private static func fill(_ records: inout ZoneRecords) {
        let ports: JSON = [
            ["name": "web", "port": 80, "protocol": "TCP"], ["name": "dns", "port": 53, "protocol": "UDP"],
        ]
        records.set(service(["clusterIP": "None", "ports": ports]), namespace: "default", name: "nginx")
        records.set(
            slice([
                endpoint("web-0", ["10.89.0.2"]), endpoint("web-1", ["10.89.0.3"], ready: nil),
                endpoint("web-2", ["10.89.0.4"], ready: false), endpoint(nil, ["10.89.0.5"]),
            ]), named: "nginx-a", namespace: "default", name: "nginx")
        records.set(slice([endpoint("web-0", ["fd00::2"])]), named: "nginx-b", namespace: "default", name: "nginx")
        records.set(service(["clusterIP": "10.96.0.10", "ports": ports]), namespace: "default", name: "db")
        records.set(service(["clusterIP": "None"]), namespace: "default", name: "empty")
        records.set(
            service(["type": "ExternalName", "externalName": "db.example.com."]), namespace: "default", name: "out")
        records.set(
            service(["type": "ExternalName", "externalName": "db.default.svc.cluster.local"]), namespace: "default",
            name: "alias")
        records.set(
            service(["type": "ExternalName", "externalName": "no.default.svc.cluster.local"]), namespace: "default",
            name: "dangling")
        records.set(
            service(["type": "ExternalName", "externalName": "loop.default.svc.cluster.local"]), namespace: "default",
            name: "loop")
        records.replacePod(namespace: "default", [], with: [.v4(0x0a59_0002)])
    }
}
