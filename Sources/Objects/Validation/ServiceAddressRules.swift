/// Cluster IPs and their families (k8s.io/kubernetes, ValidateServiceClusterIPsRelatedFields).
package enum ServiceAddressRules {
    package static func check(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let (single, listed) = (spec.text("clusterIP"), spec.texts("clusterIPs"))
        let shown = JSON.array(listed.map { .string($0) })
        // A list that is missing is filled in from the single address.
        if single.isEmpty, !listed.isEmpty {
            errors.report(.invalid("clusterIPs", shown, "must be empty when `clusterIP` is not specified"))
        } else if let first = listed.first, first != single {
            errors.report(.invalid("clusterIPs", shown, "first value must match `clusterIP`"))
        }
        checkFamilies(spec, &errors)
        let addresses = listed.isEmpty && !single.isEmpty ? [single] : listed
        guard checkAddresses(addresses, &errors) else { return }
        let families = addresses.compactMap { IPAddress.isV6($0) ? "IPv6" : "IPv4" }
        if addresses.count > 1, Set(families).count < addresses.count {
            errors.report(.invalid("clusterIPs", shown, "may specify no more than one IP for each IP family"))
        }
        if addresses == ["None"] { return }
        for (index, pair) in zip(families, spec.texts("ipFamilies")).enumerated() where pair.0 != pair.1 {
            if pair.1 != "IPv4", pair.1 != "IPv6" { continue }
            errors.report(
                .invalid(
                    "clusterIPs[\(index)]", .string(addresses[index]),
                    "expected an \(pair.1) value as indicated by `ipFamilies[\(index)]`"))
        }
    }

    private static func checkFamilies(_ spec: JSONObject, _ errors: inout [FieldError]) {
        var seen: Set<String> = []
        for (index, family) in spec.texts("ipFamilies").enumerated() {
            let field = "ipFamilies[\(index)]"
            if !["IPv4", "IPv6"].contains(family) {
                errors.report(.notSupported(field, .string(family), ["IPv4", "IPv6"]))
            }
            if !seen.insert(family).inserted { errors.report(.duplicate(field, .string(family))) }
        }
        errors.oneOf("ipFamilyPolicy", in: spec, ["PreferDualStack", "RequireDualStack", "SingleStack"])
    }

    /// False: something is wrong that would make other checks report nonsense.
    private static func checkAddresses(_ addresses: [String], _ errors: inout [FieldError]) -> Bool {
        var isSound = true
        let shown = JSON.array(addresses.map { .string($0) })
        for (index, address) in addresses.enumerated() {
            if index == 0, address == "None" {
                if addresses.count > 1 {
                    isSound = false
                    errors.report(.invalid("clusterIPs", shown, "'None' must be the first and only value"))
                }
            } else if !IPAddress.isTolerable(address) {
                isSound = false
                PodNetworkRules.checkAddress("clusterIPs[\(index)]", address, &errors)
            }
        }
        if addresses.count > 2 { errors.report(.invalid("clusterIPs", shown, "may only hold up to 2 values")) }
        return isSound
    }

    static func update(_ after: JSONObject, _ before: JSONObject, _ errors: inout [FieldError]) {
        if after.text("type") == "ExternalName" || before.text("type") == "ExternalName" { return }
        let (isHeadless, wasHeadless) = (after.text("clusterIP") == "None", before.text("clusterIP") == "None")
        if !(isHeadless && wasHeadless) {
            list("clusterIPs", after, before, "secondary clusterIP", &errors)
        }
        if !isHeadless, !wasHeadless { list("ipFamilies", after, before, "secondary ipFamily", &errors) }
    }

    /// The first stays as it is; a second one comes and goes with the policy.
    private static func list(
        _ field: String, _ after: JSONObject, _ before: JSONObject, _ second: String, _ errors: inout [FieldError]
    ) {
        let (new, old) = (after.texts(field), before.texts(field))
        let shown = after[field] ?? .null
        if new.count == old.count {
            for (index, pair) in zip(new, old).enumerated() where pair.0 != pair.1 {
                let place = field == "ipFamilies" ? 0 : index
                errors.report(.invalid("spec.\(field)[\(place)]", shown, "may not change once set"))
            }
            return
        }
        if new.isEmpty {
            errors.report(.invalid("spec.\(field)[0]", shown, "primary \(field.dropLast()) can not be unset"))
        }
        if let first = new.first, let was = old.first, first != was {
            errors.report(.invalid("spec.\(field)[0]", shown, "may not change once set"))
        }
        if new.count == 1, old.count > 1, after.text("ipFamilyPolicy") != "SingleStack" {
            errors.report(
                .invalid(
                    "spec.ipFamilyPolicy", after["ipFamilyPolicy"] ?? .null,
                    "must be set to 'SingleStack' when releasing the \(second)"))
        }
    }
}
