import Objects

/// Kinds without a description of their own: every field under a readable name.
enum DescribeGeneric {
    static func append(_ object: Object, namespaced: Bool, to text: inout DescribeText) {
        text.head(object, namespaced: namespaced)
        text.labels(object)
        text.annotations(object)
        let rest = object.json.object?.members.filter { $0.key != "metadata" } ?? []
        var metadata = object["metadata"]?.object ?? JSONObject()
        for key in ["name", "namespace", "labels", "annotations", "managedFields"] { metadata[key] = nil }
        append(JSONObject(rest + [("metadata", .object(metadata))]), level: 0, to: &text)
    }

    private static func append(_ object: JSONObject, level: Int, to text: inout DescribeText) {
        for (key, value) in object.members.sorted(by: { title($0.key) < title($1.key) }) {
            append(title(key), value, level: level, to: &text)
        }
    }

    private static func append(_ name: String, _ value: JSON, level: Int, to text: inout DescribeText) {
        switch value {
        case .object(let object):
            text.line(level, name + ":")
            append(object, level: level + 1, to: &text)
        case .array(let elements):
            text.line(level, name + ":")
            for element in elements {
                if let object = element.object {
                    append(object, level: level + 1, to: &text)
                } else {
                    text.line(level + 1, Terminal.escaped(JSONPath.display(element)))
                }
            }
        default: text.field(level, name, JSONPath.display(value))
        }
    }

    /// `reclaimPolicy` becomes `Reclaim Policy`, `apiVersion` `API Version`.
    static func title(_ key: String) -> String {
        var words: [String] = []
        for character in key {
            if words.isEmpty || (character.isUppercase && words.last?.last?.isUppercase == false) {
                words.append(String(character))
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.map { word in
            let known = ["api": "API", "uid": "UID", "ip": "IP", "url": "URL", "id": "ID", "ips": "IPs"]
            return known[word.lowercased()] ?? word.prefix(1).uppercased() + word.dropFirst()
        }.joined(separator: " ")
    }
}
