import Objects
import Yams

/// A document of a manifest and the line it begins in.
struct ManifestDocument: Sendable {
    var value: JSON
    /// From 1.
    var line: Int
}

/// Why a text is no manifest, and where.
struct YAMLProblem: Error, CustomStringConvertible {
    /// From 1; 0 if unknown.
    var line: Int
    var message: String

    var description: String { line > 0 ? "line \(line): \(message)" : message }
}

/// Reads YAML and JSON documents as JSON values, members in their order.
enum YAMLReader {
    /// Aliases multiply; a document may not grow beyond this many values (a "billion laughs" has a billion).
    static let valueLimit = 200_000
    private static let depthLimit = 200

    /// All documents of a stream; empty ones are left out.
    static func documents(_ text: String) throws(YAMLProblem) -> [ManifestDocument] {
        if text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), let value = try? JSONParser.parse(text) {
            return [ManifestDocument(value: value, line: 1)]
        }
        var documents: [ManifestDocument] = []
        do {
            try checkDepth(text)
            let parser = try Parser(yaml: text)
            while let node = try parser.nextRoot() {
                var conversion = Conversion()
                let value = try conversion.json(node, depth: 0)
                if !value.isNull { documents.append(ManifestDocument(value: value, line: node.mark?.line ?? 1)) }
            }
        } catch {
            throw problem(error)
        }
        return documents
    }

    /// The parser below recurses once a level; a text of brackets alone must not exhaust its stack.
    private static func checkDepth(_ text: String) throws {
        var run = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                run += 1
                if run > 10_000 { throw YAMLProblem(line: 0, message: "too many brackets for a manifest") }
            }
        }
    }

    private static func problem(_ error: any Error) -> YAMLProblem {
        switch error {
        case let problem as YAMLProblem: problem
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            YAMLProblem(line: mark.line, message: [context?.text, problem].compactMap { $0 }.joined(separator: ": "))
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            YAMLProblem(
                line: context.mark.line,
                message: "the key \(keys.map { "\"\($0)\"" }.joined(separator: ", ")) is there twice")
        case YamlError.reader(let problem, let offset, _, _):
            YAMLProblem(line: 0, message: problem + (offset.map { " at byte \($0)" } ?? ""))
        default:
            YAMLProblem(line: 0, message: "\(error)")
        }
    }

    /// Turns the nodes of one document into JSON.
    private struct Conversion {
        var values = 0

        mutating func json(_ node: Node, depth: Int) throws(YAMLProblem) -> JSON {
            values += 1
            let line = node.mark?.line ?? 0
            guard values <= YAMLReader.valueLimit else {
                throw YAMLProblem(
                    line: line, message: "more than \(YAMLReader.valueLimit) values, most of them by aliases")
            }
            guard depth < YAMLReader.depthLimit else {
                throw YAMLProblem(line: line, message: "nested deeper than \(YAMLReader.depthLimit) levels")
            }
            switch node {
            case .scalar(let scalar): return try Self.value(scalar, line)
            case .sequence(let sequence):
                var elements: [JSON] = []
                for element in sequence { elements.append(try json(element, depth: depth + 1)) }
                return .array(elements)
            case .mapping(let mapping): return .object(try object(mapping, depth: depth))
            case .alias: throw YAMLProblem(line: line, message: "an alias without its anchor")
            }
        }

        private mutating func object(_ mapping: Node.Mapping, depth: Int) throws(YAMLProblem) -> JSONObject {
            var object = JSONObject()
            var merged: [JSONObject.Member] = []
            for (keyNode, valueNode) in mapping {
                let line = keyNode.mark?.line ?? 0
                let key = try Self.key(keyNode, line)
                let value = try json(valueNode, depth: depth + 1)
                if key == "<<", keyNode.scalar?.style == .plain {
                    merged += try Self.mergedMembers(value, line)
                } else if object[key] != nil {
                    throw YAMLProblem(line: line, message: "the key \"\(key)\" is there twice")
                } else {
                    object[key] = value
                }
            }
            for (key, value) in merged where object[key] == nil { object[key] = value }
            return object
        }

        /// `<<: *defaults`: members that the mapping does not have itself.
        private static func mergedMembers(_ value: JSON, _ line: Int) throws(YAMLProblem) -> [JSONObject.Member] {
            switch value {
            case .object(let object): return object.members
            case .array(let elements) where elements.allSatisfy { $0.object != nil }:
                return elements.flatMap { $0.object?.members ?? [] }
            default: throw YAMLProblem(line: line, message: "\"<<\" merges mappings only")
            }
        }

        private static func key(_ node: Node, _ line: Int) throws(YAMLProblem) -> String {
            guard let scalar = node.scalar else {
                throw YAMLProblem(line: line, message: "a key has to be a string")
            }
            guard scalar.style == .plain else { return scalar.string }
            switch YAMLScalar.resolve(scalar.string) {
            case .bool(let flag)?: return flag ? "true" : "false"
            case .integer(let number)?: return String(number)
            case .null?: throw YAMLProblem(line: line, message: "a key is missing")
            default: return scalar.string
            }
        }

        private static func value(_ scalar: Node.Scalar, _ line: Int) throws(YAMLProblem) -> JSON {
            guard scalar.style == .plain, scalar.tag != Tag(.str) else { return .string(scalar.string) }
            guard let value = YAMLScalar.resolve(scalar.string) else {
                throw YAMLProblem(
                    line: line, message: "JSON has no number \(scalar.string); quote it if it is a string")
            }
            return value
        }
    }
}
