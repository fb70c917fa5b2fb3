import Objects
import Testing

@testable import DNS

/// What each name answers, through the bytes of both directions.
@Suite struct ZoneTests {
    let server = Fixture.server()
    let base = "default.svc.cluster.local"

    func ask(_ name: String, _ type: UInt16, edns: UInt16? = nil) throws -> Reply {
        let bytes = try #require(server.datagram(Ask.bytes(name, type, edns: edns)))
        let reply = try #require(Reply(bytes), "not a message: \(bytes)")
        #expect(reply.id == 0x1234)
        return reply
    }

    func expect(_ name: String, _ type: UInt16, _ answers: [String]) throws {
        let reply = try ask(name, type)
        #expect(reply.answers == answers.map { "\($0)" }, "\(name) \(type)")
        #expect(reply.code == 0 && reply.isAuthoritative && !reply.isCut, "\(name) \(type)")
    }

    /// NXDOMAIN or an empty answer, with the SOA that says how long that may be kept.
    func expectNothing(_ name: String, _ type: UInt16, code: UInt16, zone: String = "cluster.local") throws {
        let reply = try ask(name, type)
        #expect(reply.answers.isEmpty && reply.code == code && reply.isAuthoritative, "\(name) \(type): \(reply)")
        #expect(reply.authority == ["\(zone) 5 SOA ns.dns.cluster.local hostmaster.cluster.local 5"], "\(name) \(type)")
    }

    @Test func podsOfAHeadlessService() throws {
        try expect("web-0.nginx.\(base)", Type.a, ["web-0.nginx.\(base) 5 A 10.89.0.2"])
        try expect("web-0.nginx.\(base)", Type.aaaa, ["web-0.nginx.\(base) 5 AAAA fd00:0:0:0:0:0:0:2"])
        try expect("web-1.nginx.\(base)", Type.a, ["web-1.nginx.\(base) 5 A 10.89.0.3"])
        try expectNothing("web-1.nginx.\(base)", Type.aaaa, code: 0)
        try expectNothing("web-2.nginx.\(base)", Type.a, code: 3)
        try expect("10-89-0-5.nginx.\(base)", Type.a, ["10-89-0-5.nginx.\(base) 5 A 10.89.0.5"])
        try expect("10-89-0-2.nginx.\(base)", Type.a, ["10-89-0-2.nginx.\(base) 5 A 10.89.0.2"])
        try expectNothing("10-89-0-9.nginx.\(base)", Type.a, code: 3)
    }

    @Test func services() throws {
        try expect("nginx.\(base)", Type.a, ["2", "3", "5"].map { "nginx.\(base) 5 A 10.89.0.\($0)" })
        try expect("db.\(base)", Type.a, ["db.\(base) 5 A 10.96.0.10"])
        try expectNothing("db.\(base)", Type.aaaa, code: 0)
        try expectNothing("empty.\(base)", Type.a, code: 3)
        try expectNothing("no.\(base)", Type.a, code: 3)
        try expectNothing("x.y.z.nginx.\(base)", Type.a, code: 3)
    }

    @Test func namedPorts() throws {
        let reply = try ask("_web._tcp.nginx.\(base)", Type.srv, edns: 1232)
        #expect(
            reply.answers
                == ["web-0", "web-1", "10-89-0-5"].map {
                    "_web._tcp.nginx.\(base) 5 SRV 0 100 8080 \($0).nginx.\(base)"
                })
        #expect(reply.additional.contains("web-0.nginx.\(base) 5 A 10.89.0.2"))
        try expect("_web._tcp.db.\(base)", Type.srv, ["_web._tcp.db.\(base) 5 SRV 0 100 80 db.\(base)"])
        try expect("_dns._udp.db.\(base)", Type.srv, ["_dns._udp.db.\(base) 5 SRV 0 100 53 db.\(base)"])
        try expectNothing("_web._udp.db.\(base)", Type.srv, code: 3)
        try expectNothing("_tcp.db.\(base)", Type.srv, code: 0)
        try expectNothing("_web._tcp.db.\(base)", Type.a, code: 0)
    }

    @Test func aliases() throws {
        try expect("out.\(base)", Type.a, ["out.\(base) 5 CNAME db.example.com"])
        try expect(
            "alias.\(base)", Type.a, ["alias.\(base) 5 CNAME db.\(base)", "db.\(base) 5 A 10.96.0.10"])
        try expect("alias.\(base)", Type.cname, ["alias.\(base) 5 CNAME db.\(base)"])
        let dangling = try ask("dangling.\(base)", Type.a)
        #expect(dangling.code == 3 && dangling.answers == ["dangling.\(base) 5 CNAME no.\(base)"])
        #expect(try ask("loop.\(base)", Type.a).answers.count == 9)
    }

    @Test func addressesOfPods() throws {
        try expect("10-89-0-2.default.pod.cluster.local", Type.a, ["10-89-0-2.default.pod.cluster.local 5 A 10.89.0.2"])
        try expectNothing("10-89-0-3.default.pod.cluster.local", Type.a, code: 3)
        try expectNothing("10-89-0-2.other.pod.cluster.local", Type.a, code: 3)
    }

    @Test func namesOfAddresses() throws {
        let arpa = "in-addr.arpa"
        try expect("2.0.89.10.\(arpa)", Type.ptr, ["2.0.89.10.\(arpa) 5 PTR web-0.nginx.\(base)"])
        try expect("10.0.96.10.\(arpa)", Type.ptr, ["10.0.96.10.\(arpa) 5 PTR db.\(base)"])
        try expectNothing("9.0.89.10.\(arpa)", Type.ptr, code: 3, zone: "89.10.\(arpa)")
        try expectNothing("0.89.10.\(arpa)", Type.ptr, code: 0, zone: "89.10.\(arpa)")
        #expect(try ask("1.0.88.10.\(arpa)", Type.ptr).code == 5)
        #expect(try ask("10.\(arpa)", Type.ptr).code == 5)
        #expect(try ask("02.0.89.10.\(arpa)", Type.ptr).code == 3)
        // 10.96.0.0/12 ends where 10.112 begins.
        #expect(try ask("1.0.111.10.\(arpa)", Type.ptr).code == 3)
        #expect(try ask("1.0.112.10.\(arpa)", Type.ptr).code == 5)
    }

    @Test func theZoneItself() throws {
        let zone = "cluster.local"
        try expect(zone, Type.soa, ["\(zone) 5 SOA ns.dns.\(zone) hostmaster.\(zone) 5"])
        let servers = try ask(zone, Type.ns)
        #expect(servers.answers == ["\(zone) 5 NS ns.dns.\(zone)"])
        #expect(servers.additional == ["ns.dns.\(zone) 5 A 127.0.0.153"])
        try expect("dns-version.\(zone)", Type.txt, ["dns-version.\(zone) 5 TXT 1.1.0"])
        for empty in ["svc.\(zone)", "default.svc.\(zone)", "pod.\(zone)", "dns.\(zone)"] {
            try expectNothing(empty, Type.a, code: 0)
        }
        try expectNothing("other.svc.\(zone)", Type.a, code: 3)
        try expectNothing("x.\(zone)", Type.a, code: 3)
    }

    @Test func whatIsNotOursIsRefused() throws {
        for name in ["example.com", "local", "", "xcluster.local", "2.0.89.10.in-addr.arpa.example.com"] {
            let reply = try ask(name, Type.a)
            #expect(reply.code == 5 && !reply.isAuthoritative && reply.answers.isEmpty && reply.authority.isEmpty)
        }
        #expect(try ask("cluster.local", 252).code == 5)
    }

    @Test func changesShowAtOnceAndLeaveNothingBehind() throws {
        server.update { records in
            records.set(
                Fixture.slice([Fixture.endpoint("web-0", ["10.89.7.7"])]), named: "nginx-a", namespace: "default",
                name: "nginx")
        }
        try expect("web-0.nginx.\(base)", Type.a, ["web-0.nginx.\(base) 5 A 10.89.7.7"])
        try expectNothing("web-1.nginx.\(base)", Type.a, code: 3)
        try expectNothing("2.0.89.10.in-addr.arpa", Type.ptr, code: 3, zone: "89.10.in-addr.arpa")
        server.update { records in
            for slice in ["nginx-a", "nginx-b"] {
                records.set(nil, named: slice, namespace: "default", name: "nginx")
            }
            for service in ["nginx", "db", "empty", "out", "alias", "dangling", "loop"] {
                records.set(nil, namespace: "default", name: service)
            }
        }
        try expectNothing("default.svc.cluster.local", Type.a, code: 3)
        try expectNothing("7.7.89.10.in-addr.arpa", Type.ptr, code: 3, zone: "89.10.in-addr.arpa")
    }
}
