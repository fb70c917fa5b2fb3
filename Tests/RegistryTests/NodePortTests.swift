import Objects
import Testing

@testable import Registry

@Suite struct NodePortTests {
    private func service(_ ports: [(name: String, node: Int64)]) -> Object {
        let list = ports.map { port -> JSON in
            var json: JSON = ["name": .string(port.name), "port": 80]
            if port.node != 0 { json["nodePort"] = .integer(port.node) }
            return json
        }
        return Object(["spec": ["type": "NodePort", "ports": .array(list)]])
    }

    private func nodePorts(_ service: Object) -> [Int64] {
        (service["spec", "ports"]?.array ?? []).map { $0["nodePort"]?.integer ?? 0 }
    }

    @Test func aPortKeepsWhatTheLastOneOfItsNameHad() {
        let old = service([("a", 30_001), ("b", 30_002), ("a", 30_003), ("c", 30_004), ("", 30_005)])
        var new = service([("b", 0), ("a", 0), ("d", 0), ("x", 30_004), ("c", 0), ("", 0)])
        NodePorts.carryOver(&new, from: old)
        // That of c has another name now.
        #expect(nodePorts(new) == [30_002, 30_003, 0, 30_004, 0, 30_005])
    }

    /// Nobody has counted them yet: 40,000 ports fit into a request, and each compared with each is minutes of work.
    @Test(.timeLimit(.minutes(1)))
    func manyPortsAreNotComparedWithEachOther() {
        let names = (0..<40_000).map { "p\($0)" }
        let old = service(names.enumerated().map { (name: $0.element, node: 30_000 + Int64($0.offset)) })
        var new = service(names.reversed().map { (name: $0, node: 0) })
        NodePorts.carryOver(&new, from: old)
        #expect(nodePorts(new).first == 69_999 && nodePorts(new).last == 30_000)
    }
}
