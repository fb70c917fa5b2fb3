package import Objects
import Store

/// A list as the store is asked for it: options checked, selectors parsed, revision and first key decided
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
struct ListPlan: Sendable, Hashable {
    var kind: KindSchema
    var predicate: Predicate
    /// All keys of the list, the earlier pages' too.
    var range: KeyRange
    /// What `range` begins with; tokens are relative to it.
    var prefix: [UInt8]
    /// The first key of this page; nil: the first of `range`.
    var start: [UInt8]?
    /// 0: the newest.
    var revision: Int64
    /// 0: no limit.
    var limit: Int
    var isContinued: Bool

    init(
        _ kind: KindSchema, namespace: String?, _ options: ListOptions, current: Int64
    ) throws(Status) {
        try ListPlan.check(options)
        self.kind = kind
        predicate = try Predicate(
            labelSelector: options.labelSelector, fieldSelector: options.fieldSelector, kind: kind)
        range = predicate.range(kind, namespace: namespace)
        prefix = StorageKeys.prefix(kind, namespace: namespace)
        limit = max(options.limit, 0)
        isContinued = !options.continueToken.isEmpty
        revision = 0
        if isContinued {
            let token = try ContinueToken(options.continueToken)
            guard options.resourceVersion.isEmpty || options.resourceVersion == "0" else {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
            revision = max(token.revision, 0)
            start = prefix + Array(token.start.utf8)
        } else {
            revision = try ListPlan.revision(options, limit: limit, current: current)
        }
        if revision > current {
            throw .tooLargeResourceVersion(revision, current: current, retryAfterSeconds: 0)
        }
    }

    /// What is left to be read.
    var remainder: KeyRange {
        guard let start else { return range }
        switch range {
        case .interval(_, let end): return .interval(start: start, end: end)
        case .from: return .from(start)
        case .key(let key):
            return start.lexicographicallyPrecedes(key) || start == key ? range : .interval(start: key, end: key)
        }
    }

    /// The token of the page that begins behind `key`.
    func token(after key: [UInt8], at revision: Int64) -> String {
        ContinueToken(revision: revision, start: String(decoding: key.dropFirst(prefix.count), as: UTF8.self) + "\0")
            .text
    }

    private static func revision(_ options: ListOptions, limit: Int, current: Int64) throws(Status) -> Int64 {
        guard let wanted = try ResourceVersion.parse(options.resourceVersion), wanted > 0 else { return 0 }
        // Without a match a limit makes the version exact, as it always did.
        if options.resourceVersionMatch == .exact || (options.resourceVersionMatch == nil && limit > 0) {
            return wanted
        }
        if wanted > current { throw .tooLargeResourceVersion(wanted, current: current) }
        return 0
    }

    private static func check(_ options: ListOptions) throws(Status) {
        guard let match = options.resourceVersionMatch else { return }
        var problems: [FieldError] = []
        if options.resourceVersion.isEmpty {
            problems.append(
                .forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        }
        if !options.continueToken.isEmpty {
            problems.append(
                .forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"))
        }
        if match == .exact, options.resourceVersion == "0" {
            problems.append(
                .forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
        }
        if !problems.isEmpty { throw .invalidOptions("ListOptions", problems) }
    }
}

package enum ResourceVersion {
    /// Whether the version in an object that is to be written is none. Throws 500, as upstream, for what is no number.
    static func isUnset(_ text: String) throws(Status) -> Bool {
        if text.isEmpty { return true }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt64(text) else {
            throw Status(
                code: 500, reason: "",
                message: "strconv.ParseUint: parsing \(GoQuote.quote(text)): invalid syntax")
        }
        return value == 0
    }

    /// That of a read or a watch of one object. Throws 500 without a reason, as upstream does, for what is no number.
    package static func number(_ text: String) throws(Status) -> Int64 {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else {
            let quoted = GoQuote.quote(text)
            throw Status(
                code: 500, reason: "",
                message:
                    "resourceVersion: Invalid value: \(quoted): strconv.ParseUint: parsing \(quoted): invalid syntax")
        }
        return value
    }

    /// nil for an empty one; throws 400 for what is no number.
    package static func parse(_ text: String) throws(Status) -> Int64? {
        if text.isEmpty { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else {
            throw .badRequest(
                "invalid resource version: resourceVersion: Invalid value: \(GoQuote.quote(text)): strconv.ParseUint: "
                    + "parsing \(GoQuote.quote(text)): invalid syntax")
        }
        return value
    }
}
