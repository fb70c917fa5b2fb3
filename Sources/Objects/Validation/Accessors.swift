extension JSONObject {
    /// Empty if it is missing or no string.
    func text(_ field: String) -> String { self[field]?.string ?? "" }
    func number(_ field: String) -> Int64? { self[field]?.integer }
    func flag(_ field: String) -> Bool { self[field]?.bool ?? false }
    func list(_ field: String) -> [JSON] { self[field]?.array ?? [] }
    func objects(_ field: String) -> [JSONObject] { list(field).map { $0.object ?? JSONObject() } }
    func texts(_ field: String) -> [String] { list(field).compactMap(\.string) }
    /// Empty if it is missing or no object.
    func object(_ field: String) -> JSONObject { self[field]?.object ?? JSONObject() }
}

extension [FieldError] {
    /// One error for each problem that a check of `Names` reports.
    mutating func invalid(_ field: String, _ value: String, _ problems: [String]) {
        for problem in problems { report(.invalid(field, .string(value), problem)) }
    }

    mutating func require(_ fields: [String], in object: JSONObject) {
        for field in fields where object[field]?.isZero ?? true { report(.required(field)) }
    }

    mutating func nonNegative(_ fields: [String], in object: JSONObject) {
        for field in fields {
            if let value = object.number(field), value < 0 {
                report(.invalid(field, .integer(value), "must be greater than or equal to 0"))
            }
        }
    }

    mutating func immutable(_ path: [String], _ new: Object, _ old: Object) {
        let (newValue, oldValue) = (new.json.at(path), old.json.at(path))
        if (newValue ?? .null) != (oldValue ?? .null) {
            report(.invalid(path.joined(separator: "."), newValue ?? .null, "field is immutable"))
        }
    }

    /// Each element of a list, below `field[index]`.
    mutating func each(
        _ field: String, in object: JSONObject, _ body: (JSONObject, inout [FieldError]) -> Void
    ) {
        for (index, element) in object.objects(field).enumerated() where !isFull {
            below("\(field)[\(index)]") { body(element, &$0) }
        }
    }

    /// Names in a list of objects may occur once.
    mutating func unique(_ field: String, by key: String = "name", in object: JSONObject) {
        var seen: Set<String> = []
        for (index, element) in object.objects(field).enumerated() {
            let name = element.text(key)
            if !name.isEmpty, !seen.insert(name).inserted {
                report(.duplicate("\(field)[\(index)].\(key)", .string(name)))
            }
        }
    }
}
