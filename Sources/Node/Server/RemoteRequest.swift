import Objects

/// One of the requests that berthd passes on: `/api/v1/namespaces/NS/pods/POD/VERB?...`
package struct RemoteRequest: Sendable, Hashable {
    package enum Verb: String, Sendable { case log, exec, attach, portforward }

    package var namespace: String
    package var pod: String
    package var verb: Verb
    package var query: [(name: String, value: String)]

    /// Nil for any other path.
    package init?(uri: String) {
        let halves = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = halves[0].split(separator: "/").map { RemoteRequest.decode($0, plusIsSpace: false) }
        guard path.count == 7, path[0...2] == ["api", "v1", "namespaces"], path[4] == "pods",
            let verb = Verb(rawValue: path[6])
        else { return nil }
        namespace = path[3]
        pod = path[5]
        self.verb = verb
        query = (halves.count > 1 ? halves[1] : "").split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? RemoteRequest.decode(parts[1], plusIsSpace: true) : ""
            return (RemoteRequest.decode(parts[0], plusIsSpace: true), value)
        }
    }

    package func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
    package func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
    /// `true`, `1` and a bare name are true, as upstream's query conversion has it.
    package func flag(_ name: String) -> Bool {
        value(name).map { !["false", "0"].contains($0.lowercased()) } ?? false
    }
    package func number(_ name: String) -> Int? { value(name).flatMap { Int($0) } }

    private static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func == (left: RemoteRequest, right: RemoteRequest) -> Bool {
        left.namespace == right.namespace && left.pod == right.pod && left.verb == right.verb
            && left.query.elementsEqual(right.query, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(namespace)
        hasher.combine(pod)
        hasher.combine(verb)
    }
}
