/// Merges an applied configuration into the live object: what the configuration mentions wins.
extension SchemaTypes {
    func merged(_ live: JSON?, _ applied: JSON?, _ shape: ApplyShape) throws(ApplyFailure) -> JSON? {
        if isLeaf(live, applied, shape) { return applied ?? live }
        switch shape {
        case .object, .map: return try mergedMembers(live?.object, applied?.object, shape)
        default: return try mergedItems(live?.array ?? [], applied?.array ?? [], shape)
        }
    }

    private func mergedMembers(
        _ live: JSONObject?, _ applied: JSONObject?, _ shape: ApplyShape
    ) throws(ApplyFailure) -> JSON? {
        var out: [JSONObject.Member] = []
        let changes = MemberLookup(applied ?? JSONObject())
        for (key, value) in live ?? JSONObject() {
            if let value = try mergedMember(key, value, changes[key], shape) { out.append((key, value)) }
        }
        let known = MemberLookup(live ?? JSONObject())
        for (key, value) in applied ?? JSONObject() where known[key] == nil {
            if let value = try mergedMember(key, nil, value, shape) { out.append((key, value)) }
        }
        return out.isEmpty ? nil : .object(JSONObject(out))
    }

    private func mergedMember(
        _ key: String, _ live: JSON?, _ applied: JSON?, _ shape: ApplyShape
    ) throws(ApplyFailure) -> JSON? {
        do throws(ApplyFailure) {
            return try merged(live, applied, self.shape(ofMember: key, in: shape))
        } catch {
            throw ApplyFailure(error.message, path: ".\(key)" + error.path)
        }
    }

    /// The applied elements come in their order; what only the live list has stays where it is between them.
    private func mergedItems(_ live: [JSON], _ applied: [JSON], _ shape: ApplyShape) throws(ApplyFailure) -> JSON? {
        let left = try keyed(live, shape, allowsDuplicates: true)
        let right = try keyed(applied, shape, allowsDuplicates: false)
        let known = Dictionary(left.map { ($0.element, $0.item) }, uniquingKeysWith: { first, _ in first })
        let wanted = Dictionary(right.map { ($0.element, $0.item) }, uniquingKeysWith: { first, _ in first })
        var shared = right.map(\.element).filter { known[$0] != nil }[...]
        var done: Set<PathElement> = []
        var out: [JSON] = []
        var (leftIndex, rightIndex) = (0, 0)
        while leftIndex < left.count || rightIndex < right.count {
            if leftIndex < left.count {
                let (element, item) = left[leftIndex]
                if wanted[element] == nil {
                    if let kept = try merged(item, nil, elementShape(shape)) { out.append(kept) }
                    leftIndex += 1
                    continue
                }
                // An applied element that is not the next one in the applied order will come later.
                if done.contains(element) || (rightIndex < right.count && shared.first != element) {
                    leftIndex += 1
                    continue
                }
                if rightIndex >= right.count {
                    leftIndex += 1
                    continue
                }
            }
            guard rightIndex < right.count else { continue }
            let (element, item) = right[rightIndex]
            if let result = try merged(known[element], item, elementShape(shape)) { out.append(result) }
            done.insert(element)
            if shared.first == element { shared.removeFirst() }
            rightIndex += 1
        }
        return out.isEmpty ? nil : .array(out)
    }

    private func keyed(
        _ items: [JSON], _ shape: ApplyShape, allowsDuplicates: Bool
    ) throws(ApplyFailure) -> [(element: PathElement, item: JSON)] {
        var seen: Set<PathElement> = []
        var out: [(element: PathElement, item: JSON)] = []
        for (index, item) in items.enumerated() {
            guard let element = element(item, shape) else {
                throw ApplyFailure(
                    "element \(index): associative list with keys has an element that omits all its key fields")
            }
            if !seen.insert(element).inserted, !allowsDuplicates {
                throw ApplyFailure("duplicate entries for key \(element.shown)")
            }
            out.append((element, item))
        }
        return out
    }
}

/// Why a configuration cannot be applied, and where.
struct ApplyFailure: Error {
    var message: String
    var path: String
    init(_ message: String, path: String = "") {
        self.message = message
        self.path = path
    }
    var text: String { path.isEmpty ? message : "\(path): \(message)" }
}
