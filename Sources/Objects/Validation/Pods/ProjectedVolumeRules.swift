/// Volumes that are put together from several sources.
enum ProjectedVolumeRules {
    static func check(_ volume: JSONObject, _ errors: inout [FieldError]) {
        errors.fileMode("defaultMode", in: volume)
        var paths: Set<String> = []
        for (index, source) in volume.objects("sources").enumerated() {
            let place = "sources[\(index)]"
            var count = 0
            for (kind, value) in source where !value.isNullLiteral {
                guard let projection = value.object else { continue }
                count += 1
                errors.below("\(place).\(kind)") { one(kind, projection, &$0) }
                if kind == "serviceAccountToken" { tokenPath(projection, &errors) }
                for (path, shown) in targets(kind, projection) where !paths.insert(path).inserted {
                    errors.report(.invalid("", .string(shown), "conflicting duplicate paths"))
                }
            }
            if count > 1 {
                errors.report(.forbidden(place, "may not specify more than 1 volume type per source"))
            }
        }
    }

    private static func one(_ kind: String, _ projection: JSONObject, _ errors: inout [FieldError]) {
        switch kind {
        case "secret", "configMap":
            if projection.text("name").isEmpty { errors.report(.required("name")) }
            errors.each("items", in: projection, PodVolumeRules.keyToPath)
        case "downwardAPI":
            for file in projection.objects("items") { PodVolumeRules.downwardFile(file, &errors) }
        case "serviceAccountToken": tokenLifetime(projection, "expirationSeconds", &errors)
        case "clusterTrustBundle": bundle(projection, &errors)
        case "podCertificate": certificate(projection, &errors)
        default: break
        }
    }

    /// Between ten minutes and 2^32 seconds.
    static func tokenLifetime(_ object: JSONObject, _ field: String, _ errors: inout [FieldError]) {
        guard let seconds = object.number(field) else { return }
        if seconds < 600 {
            errors.report(.invalid(field, .integer(seconds), "may not specify a duration less than 10 minutes"))
        }
        if seconds > 1 << 32 {
            errors.report(.invalid(field, .integer(seconds), "may not specify a duration larger than 2^32 seconds"))
        }
    }

    /// Upstream reports it about the volume.
    private static func tokenPath(_ projection: JSONObject, _ errors: inout [FieldError]) {
        let path = projection.text("path")
        if path.isEmpty { errors.report(.required("path")) } else { errors.localPath("path", path) }
    }

    private static func bundle(_ projection: JSONObject, _ errors: inout [FieldError]) {
        switch (projection["name"]?.string, projection["signerName"]?.string) {
        case (_?, _?):
            errors.report(.invalid("", .object(projection), "only one of name and signerName may be used"))
        case (let name?, nil):
            if name.isEmpty { errors.report(.required("name", "must be a valid object name")) }
            if !name.contains(":") {
                errors.invalid(
                    "name", name, Names.dnsSubdomain(name).map { "not a valid clustertrustbundlename: \($0)" })
            }
            if let selector = projection["labelSelector"] {
                errors.report(
                    .invalid("labelSelector", selector, "labelSelector must be unset if name is specified"))
            }
        case (nil, let signer?):
            if signer.isEmpty { errors.report(.required("signerName", "must be a valid signer name")) }
            checkSigner(signer, &errors)
            errors.below("labelSelector") { SelectorRules.labelSelector(projection.object("labelSelector"), &$0) }
        case (nil, nil): errors.report(.required("", "either name or signerName must be specified"))
        }
        if projection.text("path").isEmpty { errors.report(.required("path")) }
        errors.localPath("path", projection.text("path"))
    }

    private static func checkSigner(_ name: String, _ errors: inout [FieldError]) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if name.isEmpty {
            errors.report(.required("signerName"))
        } else if parts.count != 2 {
            errors.report(
                .invalid(
                    "signerName", .string(name),
                    "must be a fully qualified domain and path of the form 'example.com/signer-name'"))
        } else {
            errors.invalid("signerName", name, Names.dnsSubdomain(String(parts[0])))
        }
    }

    private static func certificate(_ projection: JSONObject, _ errors: inout [FieldError]) {
        checkSigner(projection.text("signerName"), &errors)
        let types = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"]
        if !types.contains(projection.text("keyType")) {
            errors.report(.notSupported("keyType", .string(projection.text("keyType")), types))
        }
        if let seconds = projection.number("maxExpirationSeconds") {
            if seconds < 3600 {
                errors.report(
                    .invalid(
                        "maxExpirationSeconds", .integer(seconds),
                        "if provided, maxExpirationSeconds must be >= 3600"))
            }
            let isOwn = projection.text("signerName").split(separator: "/").first?.hasSuffix("kubernetes.io") ?? false
            let maximum: Int64 = isOwn ? 86400 : 91 * 86400
            if seconds > maximum {
                errors.report(
                    .invalid(
                        "maxExpirationSeconds", .integer(seconds),
                        "if provided, maxExpirationSeconds must be <= \(maximum)"))
            }
        }
        let fields = certificatePaths.filter { !projection.text($0).isEmpty }
        for field in fields { errors.localPath(field, projection.text(field)) }
        if fields.isEmpty {
            errors.report(
                .required("", "specify at least one of credentialBundlePath, keyPath, and certificateChainPath"))
        }
    }

    private static let certificatePaths = ["credentialBundlePath", "keyPath", "certificateChainPath"]

    /// The files that a source makes, and how a clash shows them.
    private static func targets(_ kind: String, _ projection: JSONObject) -> [(String, String)] {
        switch kind {
        case "secret", "configMap":
            projection.objects("items").map { ($0.text("path"), projection.text("name")) }.filter { !$0.0.isEmpty }
        case "downwardAPI":
            projection.objects("items").map { ($0.text("path"), $0.text("path")) }.filter { !$0.0.isEmpty }
        case "clusterTrustBundle": [(projection.text("path"), projection.text("path"))]
        case "podCertificate":
            certificatePaths.map { (projection.text($0), projection.text($0)) }.filter { !$0.0.isEmpty }
        default: []
        }
    }
}
