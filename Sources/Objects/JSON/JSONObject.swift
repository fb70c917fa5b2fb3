/// The members of a JSON object in their order, with unique keys. Kubernetes objects have few members a level, so a
/// linear search beats a hash table.
package struct JSONObject: Sendable {
    package typealias Member = (key: String, value: JSON)
    package private(set) var members: [Member]

    package init() { members = [] }
    /// The caller vouches for unique keys.
    package init(_ members: [Member]) { self.members = members }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var keys: [String] { members.map(\.key) }

    package subscript(key: String) -> JSON? {
        get { place(of: key).map { members[$0].value } }
        set {
            if let index = place(of: key) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append((key, newValue))
            }
        }
    }

    func place(of key: String) -> Int? { members.firstIndex { $0.key.isExactly(key) } }

    /// Changes a value where it is, so that nothing in it is copied.
    mutating func change<Failure: Error>(
        at place: Int, _ body: (inout JSON) throws(Failure) -> Void
    ) throws(Failure) {
        try body(&members[place].value)
    }
}

extension JSONObject {
    /// Copies share their members until one of them changes, which makes most comparisons after an update trivial.
    func isSameStorage(as other: JSONObject) -> Bool {
        members.withUnsafeBufferPointer { own in
            other.members.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress && own.count == $0.count }
        }
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.isSameStorage(as: right) { return true }
        // Most equal objects have their members in the same order; the rest must not cost quadratic time.
        var index = 0
        while index < left.count, left.members[index].key.isExactly(right.members[index].key) {
            if left.members[index].value != right.members[index].value { return false }
            index += 1
        }
        if index == left.count { return true }
        if left.count <= 16 { return left.members[index...].allSatisfy { right[$0.key] == $0.value } }
        let table = Dictionary(
            right.members.map { (ExactText($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        return left.members[index...].allSatisfy { table[ExactText($0.key)] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = Hasher()
            member.key.hashExactly(into: &one)
            one.combine(member.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}
