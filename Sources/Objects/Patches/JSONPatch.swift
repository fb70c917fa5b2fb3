/// JSON patch (RFC 6902) with the liberties of the library that upstream applies it with (evanphx/json-patch, v4): a
/// member that is missing can be replaced, copied and tested as null, indices may be negative, and what stands before
/// the first slash of a path does not matter.
package struct JSONPatch: Sendable {
    /// Upstream refuses longer ones (413).
    package static let maximumOperations = 10_000
    /// What all copies of one patch may add (upstream's JSONPatchMaxCopyBytes): each may double the document.
    static let maximumCopiedBytes = 3 << 20
    /// What may be looked through for moves to deeper places; only a patch that means harm has so many.
    private static let maximumMovedBytes = 64 << 20

    private struct Operation {
        var name: String
        var path: [String]
        var from: [String]
        var value: JSON?
    }

    private var operations: [Operation] = []

    /// Throws 400 if `patch` is no list of operations, 413 if it is too long.
    package init(_ patch: JSON) throws(Status) {
        if patch.isNull { return }
        guard let entries = patch.array else {
            throw .badRequest("json: cannot unmarshal \(patch.goKind) into Go value of type jsonpatch.Patch")
        }
        if entries.count > Self.maximumOperations {
            throw .tooLarge(
                "The allowed maximum operations in a JSON patch is \(Self.maximumOperations), got \(entries.count)")
        }
        for entry in entries { operations.append(try Self.operation(entry)) }
    }

    /// What of the operations is no part of one, as upstream reports it.
    package static func unknownFields(of patch: JSON) -> [String] {
        (patch.array ?? []).enumerated().flatMap { index, entry in
            (entry.object?.keys ?? []).filter { !["op", "path", "from", "value"].contains($0) }
                .map { "json patch unknown field \(GoQuote.quote("[\(index)].\($0)"))" }
        }
    }

    /// Applies all operations or none. Throws 422 if one does not fit the document.
    package func apply(to document: JSON) throws(Status) -> JSON {
        var document = document
        var spent = Spent()
        for operation in operations {
            do throws(PointerError) {
                try Self.apply(operation, to: &document, &spent)
            } catch {
                throw Self.failure(error.message)
            }
        }
        return document
    }

    private static func operation(_ entry: JSON) throws(Status) -> Operation {
        try check(entry)
        let name = entry["op"]?.string ?? ""
        guard ["add", "remove", "replace", "move", "copy", "test"].contains(name) else {
            throw failure("Unexpected kind: \(name)")
        }
        guard let path = entry["path"]?.string else { throw failure("\(name) operation failed to decode path") }
        guard let tokens = pointer(path) ?? (path.isEmpty && ["replace", "test"].contains(name) ? [] : nil) else {
            throw failure("\(name) operation does not apply: doc is missing path: \(path)")
        }
        var operation = Operation(name: name, path: tokens, from: [], value: entry["value"])
        if name == "move" || name == "copy" {
            guard let from = entry["from"]?.string, let tokens = pointer(from) else {
                throw failure("\(name) operation does not apply: missing or bad from")
            }
            operation.from = tokens
        }
        return operation
    }

    /// Upstream decodes the operations into their type first.
    private static func check(_ entry: JSON) throws(Status) {
        guard case .object = entry else {
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(entry.goKind) into Go value of type "
                    + "handlers.jsonPatchOp")
        }
        for field in ["op", "path", "from"] {
            guard let value = entry[field], !value.isNull, value.string == nil else { continue }
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(value.goKind) into Go struct field "
                    + "jsonPatchOp.\(field) of type string")
        }
    }

    /// Bytes that the operations so far have copied and looked through.
    private struct Spent {
        var copied = 0
        var moved = 0
    }

    private static func apply(
        _ operation: Operation, to document: inout JSON, _ spent: inout Spent
    ) throws(PointerError) {
        switch operation.name {
        case "add", "replace": try put(operation, in: &document)
        case "remove": _ = try document.remove(at: operation.path[...])
        case "move":
            let value = try document.remove(at: operation.from[...])
            try checkMove(of: value, operation, &spent)
            try document.insert(value, at: operation.path[...])
        case "copy":
            let value = try document.value(at: operation.from[...])
            try checkCopy(of: value, operation, &spent)
            try document.insert(value, at: operation.path[...])
        default:
            if try document.value(at: operation.path[...]) != operation.value ?? .null {
                throw PointerError("testing value /\(operation.path.joined(separator: "/")) failed")
            }
        }
    }

    private static func put(_ operation: Operation, in document: inout JSON) throws(PointerError) {
        let value = operation.value ?? .null
        try checkDepth(JSONMeasure(value), operation)
        if operation.name == "add" {
            try document.insert(value, at: operation.path[...])
        } else {
            try document.replace(value, at: operation.path[...])
        }
    }

    private static func checkCopy(
        of value: JSON, _ operation: Operation, _ spent: inout Spent
    ) throws(PointerError) {
        let measure = JSONMeasure(value, limit: maximumCopiedBytes - spent.copied)
        spent.copied += measure.bytes
        guard !measure.isOverLimit else {
            throw PointerError(
                "Unable to complete the copy, the accumulated size increase of copy is \(spent.copied), exceeding the "
                    + "limit \(maximumCopiedBytes)")
        }
        try checkDepth(measure, operation)
    }

    /// A move adds nothing; one to a deeper place makes the document deeper.
    private static func checkMove(
        of value: JSON, _ operation: Operation, _ spent: inout Spent
    ) throws(PointerError) {
        guard operation.path.count > operation.from.count else { return }
        let measure = JSONMeasure(value, limit: maximumMovedBytes - spent.moved)
        spent.moved += measure.bytes
        guard !measure.isOverLimit else { throw PointerError("the moves are of more than can be checked") }
        try checkDepth(measure, operation)
    }

    /// What is deeper than a body may be could not be read again, and no stack would hold what goes through it.
    private static func checkDepth(_ measure: JSONMeasure, _ operation: Operation) throws(PointerError) {
        guard operation.path.count + measure.depth <= JSONParser.maximumDepth else {
            throw PointerError(
                "\(operation.name) operation does not apply: exceeded max depth \(JSONParser.maximumDepth)")
        }
    }

    private static func failure(_ message: String) -> Status {
        Status(
            code: 422, reason: "Invalid",
            message: "the server rejected our request due to an error in our request: \(message)")
    }

    /// RFC 6901; nil if it has no slash.
    private static func pointer(_ text: String) -> [String]? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count < 2 ? nil : parts.dropFirst().map(unescaped)
    }

    private static func unescaped(_ token: Substring) -> String {
        var out = ""
        var tilde = false
        for character in token {
            if tilde {
                out.append(character == "1" ? "/" : character == "0" ? "~" : character)
            } else if character != "~" {
                out.append(character)
            }
            tilde = character == "~" && !tilde
        }
        return out
    }
}

struct PointerError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

extension JSON {
    /// A last member that is missing is null.
    fileprivate func value(at path: ArraySlice<String>) throws(PointerError) -> JSON {
        guard let first = path.first else { return self }
        guard let child = try child(first) else {
            if path.count == 1, case .object = self { return .null }
            throw Self.missing(first)
        }
        return try child.value(at: path.dropFirst())
    }

    fileprivate mutating func insert(_ value: JSON, at path: ArraySlice<String>) throws(PointerError) {
        guard let first = path.first else { throw PointerError("add operation does not apply: it is the document") }
        if path.count > 1 {
            return try descend(first) { child throws(PointerError) in try child.insert(value, at: path.dropFirst()) }
        }
        switch self {
        case .object: self[first] = value
        case .array(var elements):
            let index = first == "-" ? elements.count : try Self.index(first, limit: elements.count + 1)
            self = .null
            elements.insert(value, at: index)
            self = .array(elements)
        default: throw PointerError("add operation does not apply: \(first) is in no object and no list")
        }
    }

    fileprivate mutating func replace(_ value: JSON, at path: ArraySlice<String>) throws(PointerError) {
        guard let first = path.first else {
            guard value.object != nil || value.array != nil else {
                throw PointerError("replace operation value must be object or array")
            }
            self = value
            return
        }
        if path.count == 1, case .object = self { return self[first] = value }
        try descend(first) { child throws(PointerError) in
            if path.count == 1 { child = value } else { try child.replace(value, at: path.dropFirst()) }
        }
    }

    fileprivate mutating func remove(at path: ArraySlice<String>) throws(PointerError) -> JSON {
        guard let first = path.first else { throw PointerError("remove operation does not apply: it is the document") }
        if path.count > 1 {
            if try child(first) == nil { throw Self.notRemoved(first) }
            var removed = JSON.null
            try descend(first) { child throws(PointerError) in removed = try child.remove(at: path.dropFirst()) }
            return removed
        }
        guard let child = try child(first) else { throw Self.notRemoved(first) }
        if case .array(var elements) = self {
            let index = try Self.index(first, limit: elements.count)
            self = .null
            elements.remove(at: index)
            self = .array(elements)
        } else {
            self[first] = nil
        }
        return child
    }

    private static func notRemoved(_ token: String) -> PointerError {
        PointerError("remove operation does not apply: missing path \(token)")
    }

    private func child(_ token: String) throws(PointerError) -> JSON? {
        guard case .array(let elements) = self else { return self[token] }
        return elements[try Self.index(token, limit: elements.count)]
    }

    /// Changes a part. While it changes nothing else holds what it is in, or each level would be copied.
    private mutating func descend(
        _ token: String, _ body: (inout JSON) throws(PointerError) -> Void
    ) throws(PointerError) {
        switch self {
        case .array(var elements):
            let index = try Self.index(token, limit: elements.count)
            self = .null
            defer { self = .array(elements) }
            try body(&elements[index])
        case .object(var object):
            guard let place = object.place(of: token) else { throw Self.missing(token) }
            self = .null
            defer { self = .object(object) }
            try object.change(at: place, body)
        default: throw Self.missing(token)
        }
    }

    private static func missing(_ token: String) -> PointerError { PointerError("missing path: no member \(token)") }

    private static func index(_ token: String, limit: Int) throws(PointerError) -> Int {
        guard let index = Int(token), index < limit, index >= -limit else {
            throw PointerError("invalid list index \(token)")
        }
        return index < 0 ? index + limit : index
    }
}
