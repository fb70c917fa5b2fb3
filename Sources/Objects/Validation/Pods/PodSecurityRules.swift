/// Users, groups and privileges.
enum PodSecurityRules {
    private static let ids: ClosedRange<Int64> = 0...Int64(Int32.max)

    static func check(_ spec: JSONObject, _ errors: inout [FieldError]) {
        guard let context = spec["securityContext"]?.object else { return }
        errors.below("securityContext") { errors in
            for field in ["fsGroup", "runAsUser", "runAsGroup"] { errors.range(field, in: context, ids) }
            for (index, group) in context.list("supplementalGroups").enumerated() {
                let field = "supplementalGroups[\(index)]"
                errors.range(field, in: JSONObject([(field, group)]), ids)
            }
            if spec.flag("shareProcessNamespace"), spec.flag("hostPID") {
                errors.report(
                    .invalid(
                        "shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled"))
            }
            checkSysctls(context, spec, &errors)
            errors.oneOf("fsGroupChangePolicy", in: context, ["Always", "OnRootMismatch"])
            errors.oneOf("supplementalGroupsPolicy", in: context, ["Merge", "Strict"])
            errors.oneOf("seLinuxChangePolicy", in: context, ["MountOption", "Recursive"])
            checkProfiles(context, &errors)
        }
    }

    static func container(_ context: JSONObject, _ pod: PodContext, _ errors: inout [FieldError]) {
        for field in ["runAsUser", "runAsGroup"] { errors.range(field, in: context, ids) }
        errors.oneOf("procMount", in: context, ["Default", "Unmasked"])
        if pod.hostUsers, context.text("procMount") == "Unmasked" {
            errors.report(.invalid("procMount", "Unmasked", "`hostUsers` must be false to use `Unmasked`"))
        }
        if context["allowPrivilegeEscalation"] == false {
            if context.flag("privileged") {
                errors.report(
                    .invalid(
                        "", .object(context), "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
                )
            }
            for capability in context.object("capabilities").texts("add") where capability == "CAP_SYS_ADMIN" {
                errors.report(
                    .invalid(
                        "", .object(context),
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
            }
        }
        checkProfiles(context, &errors)
    }

    private static func checkProfiles(_ context: JSONObject, _ errors: inout [FieldError]) {
        if let profile = context["seccompProfile"]?.object {
            errors.below("seccompProfile") { seccomp(profile, &$0) }
        }
        if let profile = context["appArmorProfile"]?.object {
            errors.below("appArmorProfile") { appArmor(profile, &$0) }
        }
        if let options = context["windowsOptions"]?.object {
            errors.below("windowsOptions") { errors in
                for field in ["gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"]
                where options[field] == "" {
                    errors.report(.invalid(field, "", "\(field) cannot be an empty string"))
                }
            }
        }
    }

    /// Containers that are processes of their host share its network.
    static func hostProcess(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let contexts = [spec] + ["containers", "initContainers"].flatMap { spec.objects($0) }
        let isUsed = contexts.contains {
            $0.object("securityContext").object("windowsOptions").flag("hostProcess")
        }
        if isUsed, !spec.flag("hostNetwork") {
            errors.report(
                .invalid("hostNetwork", false, "hostNetwork must be true if pod contains any hostProcess containers"))
        }
    }

    private static func seccomp(_ profile: JSONObject, _ errors: inout [FieldError]) {
        let type = profile.text("type")
        checkType(type, of: "seccompProfile", &errors)
        if type == "Localhost" {
            guard let path = profile["localhostProfile"]?.string else {
                errors.report(.required("localhostProfile", "must be set when seccomp type is Localhost"))
                return
            }
            errors.descendingPath("localhostProfile", path)
        } else if profile["localhostProfile"] != nil {
            errors.report(
                .invalid("localhostProfile", .object(profile), "can only be set when seccomp type is Localhost"))
        }
    }

    private static func appArmor(_ profile: JSONObject, _ errors: inout [FieldError]) {
        let type = profile.text("type")
        let name = profile["localhostProfile"]?.string
        checkType(type, of: "appArmorProfile", &errors)
        switch type {
        case "Localhost":
            let required = FieldError.required("localhostProfile", "must be set when AppArmor type is Localhost")
            guard let name else {
                errors.report(required)
                return
            }
            if name.first?.isWhitespace ?? false || name.last?.isWhitespace ?? false {
                errors.report(.invalid("localhostProfile", .string(name), "must not be padded with whitespace"))
            } else if name.isEmpty {
                errors.report(required)
            }
            if name.utf8.count > 4095 { errors.report(.tooLong("localhostProfile", 4095)) }
        case "RuntimeDefault", "Unconfined":
            if let name {
                errors.report(
                    .invalid("localhostProfile", .string(name), "can only be set when AppArmor type is Localhost"))
            }
        default: break
        }
    }

    private static func checkType(_ type: String, of profile: String, _ errors: inout [FieldError]) {
        if type.isEmpty {
            errors.report(.required("type", "type is required when \(profile) is set"))
        } else {
            errors.oneOf(
                "type", in: JSONObject([("type", .string(type))]), ["Localhost", "RuntimeDefault", "Unconfined"])
        }
    }

    private static func checkSysctls(_ context: JSONObject, _ spec: JSONObject, _ errors: inout [FieldError]) {
        var seen: Set<String> = []
        errors.each("sysctls", in: context) { sysctl, errors in
            let name = sysctl.text("name")
            if name.isEmpty {
                errors.report(.required("name"))
            } else if !Names.isSysctl(name) {
                errors.report(
                    .invalid(
                        "name", .string(name), "must have at most 253 characters and match the form of a sysctl name"))
            } else if seen.contains(name) {
                errors.report(.duplicate("name", .string(name)))
            }
            seen.insert(name)
            let dotted = name.replacing("/", with: ".")
            if spec.flag("hostNetwork"), dotted.hasPrefix("net.") {
                errors.report(.invalid("name", .string(name), "may not be specified when 'hostNetwork' is true"))
            }
            let isShared = ["kernel.shm", "kernel.msg", "fs.mqueue."].contains { dotted.hasPrefix($0) }
            if spec.flag("hostIPC"), isShared || dotted == "kernel.sem" {
                errors.report(.invalid("name", .string(name), "may not be specified when 'hostIPC' is true"))
            }
        }
    }

    /// A user namespace goes with no other namespace of the host.
    static func hostUsers(_ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        if context.hostUsers { return }
        for (field, shown) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")]
        where spec.flag(field) {
            errors.report(.forbidden(shown, "when `hostUsers` is false"))
        }
        for field in ["initContainers", "containers", "ephemeralContainers"] {
            errors.each(field, in: spec) { container, errors in
                if !container.list("volumeDevices").isEmpty {
                    errors.report(.forbidden("volumeDevices", "when `hostUsers` is false"))
                }
            }
        }
    }
}

/// What only pods of the one or the other operating system may have.
enum PodSystemRules {
    private static let ofLinuxPods = [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "runAsUser",
        "runAsGroup", "supplementalGroupsPolicy", "seLinuxChangePolicy",
    ]
    private static let ofLinuxContainers = [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
        "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
    ]

    static func check(_ spec: JSONObject, _ errors: inout [FieldError]) {
        guard let system = spec["os"]?.object else { return }
        let name = system.text("name")
        switch name {
        case "": errors.report(.required("os.name"))
        case "linux":
            every(spec, &errors) { context, isPod, errors in
                if context["windowsOptions"] != nil {
                    errors.report(.forbidden("windowsOptions", "windows options cannot be set for a linux pod"))
                }
            }
        case "windows": windows(spec, &errors)
        default: errors.report(.notSupported("os", .string(name), ["linux", "windows"]))
        }
    }

    private static func windows(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for field in ["hostUsers", "shareProcessNamespace"] where spec[field] != nil {
            errors.report(.forbidden(field, "cannot be set for a windows pod"))
        }
        for field in ["hostPID", "hostIPC"] where spec.flag(field) {
            errors.report(.forbidden(field, "cannot be set for a windows pod"))
        }
        every(spec, &errors) { context, isPod, errors in
            let lists = isPod ? ["sysctls", "supplementalGroups"].filter { !context.list($0).isEmpty } : []
            let fields = (isPod ? ofLinuxPods : ofLinuxContainers).filter { context[$0] != nil }
            for field in fields + lists { errors.report(.forbidden(field, "cannot be set for a windows pod")) }
        }
    }

    /// The security contexts of the pod and of its containers.
    private static func every(
        _ spec: JSONObject, _ errors: inout [FieldError], _ body: (JSONObject, Bool, inout [FieldError]) -> Void
    ) {
        errors.below("securityContext") { body(spec.object("securityContext"), true, &$0) }
        for field in ["initContainers", "containers", "ephemeralContainers"] {
            errors.each(field, in: spec) { container, errors in
                errors.below("securityContext") { body(container.object("securityContext"), false, &$0) }
            }
        }
    }
}
