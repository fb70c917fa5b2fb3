/// What names, labels and keys may look like. Each check returns what is wrong in upstream's words
/// (k8s.io/apimachinery, util/validation), nothing if all is well.
package enum Names {
    private static let label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

    /// RFC 1123 label: pods' containers, volumes, namespaces.
    package static func dnsLabel(_ value: String) -> [String] {
        var problems = tooLong(value, 63)
        if !isLabel(value.utf8[...]) {
            problems.append(
                isSubdomain(value)
                    ? "must not contain dots"
                    : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
                        + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
                        + "for validation is '\(label)')")
        }
        return problems
    }

    /// RFC 1123 subdomain: most names.
    package static func dnsSubdomain(_ value: String) -> [String] {
        var problems = tooLong(value, 253)
        if !isSubdomain(value) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                    + "validation is '\(label)(\\.\(label))*')")
        }
        return problems
    }

    /// The same with underscores: search domains of resolvers.
    static func dnsSubdomainWithUnderscore(_ value: String) -> [String] {
        var problems = tooLong(value, 253)
        let plain = value.replacing("_", with: "a")
        if !isSubdomain(plain) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
                    + "and must start and end with an alphanumeric character (e.g. 'example.com')")
        }
        return problems
    }

    /// RFC 1035 label: services.
    package static func dns1035Label(_ value: String) -> [String] {
        var problems = tooLong(value, 63)
        if !isLabel(value.utf8[...]) || !(value.utf8.first.map(isLower) ?? false) {
            problems.append(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                    + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used "
                    + "for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")
        }
        return problems
    }

    /// Keys of labels, annotations and finalizers: `example.com/name`.
    package static func qualifiedName(_ value: String) -> [String] {
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            return [
                qualifiedForm(
                    "a qualified name", " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")
            ]
        }
        var problems: [String] = []
        if parts.count == 2 {
            if parts[0].isEmpty {
                problems.append("prefix part must be non-empty")
            } else {
                problems += dnsSubdomain(String(parts[0])).map { "prefix part " + $0 }
            }
        }
        let name = parts.last.map(String.init) ?? ""
        if name.isEmpty {
            problems.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            problems.append("name part must be no more than 63 bytes")
        }
        if !isToken(name) { problems.append(qualifiedForm("name part", "")) }
        return problems
    }

    package static func labelValue(_ value: String) -> [String] {
        var problems = tooLong(value, 63, unit: "bytes")
        if !value.isEmpty, !isToken(value) {
            problems.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
                    + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")
        }
        return problems
    }

    /// Keys of ConfigMaps and Secrets.
    package static func configKey(_ value: String) -> [String] {
        var problems = tooLong(value, 253)
        if value.isEmpty || !value.utf8.allSatisfy({ isAlphanumeric($0) || "-._".utf8.contains($0) }) {
            problems.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if value == "." || value == ".." {
            problems.append("must not be '\(value)'")
        } else if value.hasPrefix("..") {
            problems.append("must not start with '..'")
        }
        return problems
    }

    package static func environmentVariable(_ value: String) -> [String] {
        var problems = value.isEmpty ? ["environment variable name must be non-empty"] : []
        if !value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "=") }) {
            problems.append(
                "a valid environment variable name must consist only of printable ASCII characters other than '='")
        }
        return problems
    }

    static func httpHeader(_ value: String) -> [String] {
        let isToken = !value.isEmpty && value.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        return isToken
            ? []
            : [
                "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used "
                    + "for validation is '[-A-Za-z0-9]+')"
            ]
    }

    /// Segments between dots or slashes.
    static func isSysctl(_ value: String) -> Bool {
        value.utf8.count <= 253
            && value.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
                .allSatisfy { segment in
                    guard let first = segment.first, let last = segment.last else { return false }
                    return isLowerOrDigit(first) && isLowerOrDigit(last)
                        && segment.allSatisfy { isLowerOrDigit($0) || "-_".utf8.contains($0) }
                }
    }

    /// IANA service names: names of ports.
    package static func portName(_ value: String) -> [String] {
        var problems = tooLong(value, 15)
        let bytes = Array(value.utf8)
        if bytes.isEmpty || !bytes.allSatisfy({ isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }) {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !bytes.contains(where: isLower) { problems.append("must contain at least one letter (a-z)") }
        if zip(bytes, bytes.dropFirst()).contains(where: { $0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "-") }) {
            problems.append("must not contain consecutive hyphens")
        }
        if bytes.first == UInt8(ascii: "-") || bytes.last == UInt8(ascii: "-") {
            problems.append("must not begin or end with a hyphen")
        }
        return problems
    }

    package static func port(_ value: Int64) -> [String] {
        (1...65535).contains(value) ? [] : ["must be between 1 and 65535, inclusive"]
    }

    /// A name that is one segment of a URL path.
    package static func pathSegment(_ value: String) -> [String] {
        if value == "." || value == ".." { return ["may not be '\(value)'"] }
        return ["/", "%"].filter { value.contains($0) }.map { "may not contain '\($0)'" }
    }

    /// Upstream counts bytes and speaks of characters, but not of labels.
    private static func tooLong(_ value: String, _ maximum: Int, unit: String = "characters") -> [String] {
        value.utf8.count > maximum ? ["must be no more than \(maximum) \(unit)"] : []
    }

    private static func qualifiedForm(_ subject: String, _ more: String) -> String {
        subject + " must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')" + more
    }
}

// MARK: Characters

extension Names {
    static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isLowerOrDigit(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerOrDigit(byte) || isLower(byte | 0x20) && byte < 0x5B }

    static func isLabel(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isLowerOrDigit(first), isLowerOrDigit(last) else {
            return false
        }
        return bytes.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    static func isSubdomain(_ value: String) -> Bool {
        value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { isLabel(Substring($0).utf8) }
    }

    /// Starts and ends with a letter or digit.
    static func isToken(_ value: String) -> Bool {
        guard let first = value.utf8.first, let last = value.utf8.last, isAlphanumeric(first), isAlphanumeric(last)
        else { return false }
        return value.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }
}
