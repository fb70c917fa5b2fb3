/// The query parameter `fieldSelector`: `metadata.name=web-0,status.phase!=Running`
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/).
package struct FieldSelector: Sendable, Hashable {
    package struct Requirement: Sendable, Hashable {
        package var field: String
        package var value: String
        package var isNegated: Bool
    }

    package var requirements: [Requirement] = []

    package init() {}

    /// Throws 400 for what cannot be parsed and for fields that the kind cannot be selected by.
    package init(query: String, kind: KindSchema) throws(Status) {
        let known = Self.fields(of: kind)
        for term in Self.split(query) where !term.isEmpty {
            guard var requirement = Self.requirement(term) else {
                throw .badRequest("invalid selector: '\(query)'; can't understand '\(term)'")
            }
            // Its name of old.
            if requirement.field == "spec.host", kind.group.isEmpty, kind.kind == "Pod" {
                requirement.field = "spec.nodeName"
            }
            guard known.contains(requirement.field) else {
                throw .badRequest(
                    known == ["metadata.name", "metadata.namespace"]
                        ? "\(GoQuote.quote(requirement.field)) is not a known field selector: only \"metadata.name\", "
                            + "\"metadata.namespace\""
                        : "field label not supported: \(requirement.field)")
            }
            requirements.append(requirement)
        }
    }

    package var selectsEverything: Bool { requirements.isEmpty }

    /// The one name that can match, if the selector says so: the list is a single read then.
    package var name: String? { requirements.first { $0.field == "metadata.name" && !$0.isNegated }?.value }

    package func matches(_ object: Object) -> Bool {
        requirements.allSatisfy { (Self.value($0.field, object) == $0.value) != $0.isNegated }
    }

    /// What a kind can be selected by.
    package static func fields(of kind: KindSchema) -> [String] {
        let own =
            switch (kind.group, kind.kind) {
            case ("", "Pod"):
                [
                    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
                    "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
                ]
            case ("", "Event"):
                [
                    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                    "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
                    "reason", "reportingComponent", "source", "type",
                ]
            case ("events.k8s.io", "Event"):
                [
                    "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid",
                    "regarding.apiVersion", "regarding.resourceVersion", "regarding.fieldPath", "reason",
                    "reportingController", "type",
                ]
            case ("", "Node"): ["spec.unschedulable"]
            case ("", "Namespace"): ["status.phase"]
            case ("", "Secret"): ["type"]
            case ("", "Service"): ["spec.clusterIP", "spec.type"]
            default: [String]()
            }
        // Upstream lists the fields of these two itself, and a namespace is not among them.
        let isBare = kind.group.isEmpty && ["Node", "Namespace"].contains(kind.kind)
        return ["metadata.name"] + (isBare ? [] : ["metadata.namespace"]) + own
    }

    static func value(_ field: String, _ object: Object) -> String {
        switch field {
        case "status.podIPs":
            let addresses = object["status", "podIPs"]?.array ?? []
            return addresses.compactMap { $0["ip"]?.string }.joined(separator: ",")
        case "source":
            return object["source", "component"]?.string ?? object["reportingComponent"]?.string ?? ""
        case "reportingController":
            return object["reportingController"]?.string ?? object["reportingComponent"]?.string ?? ""
        case "spec.hostNetwork", "spec.unschedulable":
            return object.json.at(path(field))?.bool == true ? "true" : "false"
        default: return object.json.at(path(field))?.string ?? ""
        }
    }

    private static func path(_ field: String) -> [String] { field.split(separator: ".").map(String.init) }

    /// At commas that are not escaped.
    private static func split(_ query: String) -> [String] {
        var terms = [""]
        var escaped = false
        for character in query {
            if character == ",", !escaped {
                terms.append("")
            } else {
                terms[terms.count - 1].append(character)
            }
            escaped = character == "\\" && !escaped
        }
        return terms
    }

    private static func requirement(_ term: String) -> Requirement? {
        let characters = Array(term)
        for index in characters.indices where characters[index] == "=" || characters[index] == "!" {
            let negated = characters[index] == "!"
            if negated, index + 1 >= characters.count || characters[index + 1] != "=" { return nil }
            let isDouble = index + 1 < characters.count && characters[index + 1] == "="
            let rest = characters[(index + (isDouble ? 2 : 1))...]
            guard let value = unescaped(rest) else { return nil }
            return Requirement(field: String(characters[..<index]), value: value, isNegated: negated)
        }
        return nil
    }

    /// `\\`, `\,` and `\=` stand for themselves without the backslash; anything else must not follow one.
    private static func unescaped(_ text: ArraySlice<Character>) -> String? {
        var out = ""
        var escaped = false
        for character in text {
            if escaped {
                guard "\\,=".contains(character) else { return nil }
                out.append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "=" {
                return nil
            } else {
                out.append(character)
            }
        }
        return escaped ? nil : out
    }
}
