import Objects
import Registry

/// Query parameters as options, refused as upstream refuses them
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/).
enum QueryOptions {
    static func list(_ query: Query) throws(Status) -> ListOptions {
        var limit = try integer(query, "limit") ?? 0
        _ = try integer(query, "timeoutSeconds")
        var problems: [FieldError] = []
        let match = query["resourceVersionMatch"] ?? ""
        let version = query["resourceVersion"] ?? ""
        if !match.isEmpty {
            let field = "resourceVersionMatch"
            if version.isEmpty {
                problems.append(
                    .forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            if !(query["continue"] ?? "").isEmpty {
                problems.append(.forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
            }
            if ResourceVersionMatch(rawValue: match) == nil {
                problems.append(.notSupported(field, .string(match), ["Exact", "NotOlderThan", ""]))
            }
            if match == "Exact", version == "0" {
                problems.append(
                    .forbidden(field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        if query["sendInitialEvents"] != nil {
            problems.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
        }
        if !problems.isEmpty { throw .invalidOptions("ListOptions", problems) }
        // Upstream answers "any version" from its cache, which knows no pages.
        if version == "0", (query["continue"] ?? "").isEmpty { limit = 0 }
        return ListOptions(
            labelSelector: query["labelSelector"] ?? "", fieldSelector: query["fieldSelector"] ?? "", limit: Int(limit),
            continueToken: query["continue"] ?? "", resourceVersion: version,
            resourceVersionMatch: ResourceVersionMatch(rawValue: match))
    }

    /// `kind`: `CreateOptions`, `UpdateOptions`, `PatchOptions`.
    static func write(_ query: Query, _ kind: String, isApply: Bool = false) throws(Status) -> WriteOptions {
        var problems: [FieldError] = []
        let dryRun = query.values("dryRun")
        checkDryRun(dryRun, &problems)
        let validation = query["fieldValidation"] ?? ""
        if !validation.isEmpty, FieldValidation(rawValue: validation) == nil {
            problems.append(.notSupported("fieldValidation", .string(validation), ["Ignore", "Strict", "Warn", ""]))
        }
        let manager = query["fieldManager"] ?? ""
        if manager.utf8.count > 128 { problems.append(.tooLong("fieldManager", 128)) }
        if manager.unicodeScalars.contains(where: { !$0.properties.isGraphic }) {
            problems.append(.invalid("fieldManager", .string(manager), "should only contain printable characters"))
        }
        if isApply, manager.isEmpty { problems.append(.required("fieldManager", "is required for apply patch")) }
        if !isApply, query["force"] != nil, kind == "PatchOptions" {
            problems.append(.forbidden("force", "may not be specified for non-apply patch"))
        }
        if !problems.isEmpty { throw .invalidOptions(kind, problems) }
        return WriteOptions(
            dryRun: !dryRun.isEmpty, fieldManager: manager,
            fieldValidation: FieldValidation(rawValue: validation) ?? .warn,
            force: query.flag("force"))
    }

    /// From the body if there is one, else from the query.
    static func delete(_ query: Query, body: JSON?) throws(Status) -> DeleteOptions {
        var options = DeleteOptions()
        let asked = try integer(query, "gracePeriodSeconds")
        options.gracePeriodSeconds = body?["gracePeriodSeconds"]?.integer ?? asked
        let asBody = body?["propagationPolicy"]?.string
        let propagation = asBody ?? query["propagationPolicy"] ?? ""
        let orphans = body?["orphanDependents"]?.bool ?? query.optionalFlag("orphanDependents")
        let dryRun = body?["dryRun"]?.array?.map { $0.string ?? "" } ?? query.values("dryRun")
        var problems: [FieldError] = []
        checkDryRun(dryRun, &problems)
        if !propagation.isEmpty || asBody != nil {
            options.propagation = Propagation(rawValue: propagation)
            if options.propagation == nil {
                problems.append(
                    .notSupported(
                        "propagationPolicy", .string(propagation), ["Foreground", "Background", "Orphan", "nil"]))
            }
            if orphans != nil {
                problems.append(
                    .invalid(
                        "propagationPolicy", .string(propagation),
                        "orphanDependents and deletionPropagation cannot be both set"))
            }
        } else if let orphans {
            options.propagation = orphans ? .orphan : .background
        }
        if !problems.isEmpty { throw .invalidOptions("DeleteOptions", problems) }
        options.dryRun = !dryRun.isEmpty
        options.uid = body?.at("preconditions", "uid")?.string ?? ""
        options.resourceVersion = body?.at("preconditions", "resourceVersion")?.string ?? ""
        return options
    }

    /// Upstream speaks of the whole list.
    private static func checkDryRun(_ values: [String], _ problems: inout [FieldError]) {
        guard values.contains(where: { $0 != "All" }) else { return }
        problems.append(.notSupported("dryRun", .array(values.map { .string($0) }), ["All"]))
    }

    /// Upstream gives up on a request after `timeout`; here only what is no duration is refused.
    static func checkTimeout(_ query: Query) throws(Status) {
        guard let text = query["timeout"], !text.isEmpty, !Duration.isGo(text) else { return }
        throw .badRequest(
            "invalid timeout specified in the request URL - time: invalid duration \(Status.quoted(text))")
    }

    static func integer(_ query: Query, _ name: String) throws(Status) -> Int64? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let value = Int64(text) else {
            throw .badRequest("strconv.ParseInt: parsing \(Status.quoted(text)): invalid syntax")
        }
        return value
    }
}

extension Unicode.Scalar.Properties {
    /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
    fileprivate var isGraphic: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
