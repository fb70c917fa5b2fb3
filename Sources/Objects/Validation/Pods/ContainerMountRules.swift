/// What a container mounts, and where.
enum ContainerMountRules {
    static func check(_ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        mounts(container, context, &errors)
        devices(container, context, &errors)
    }

    private static func mounts(_ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let devices = container.objects("volumeDevices")
        let (deviceNames, devicePaths) = (
            Set(devices.map { $0.text("name") }), Set(devices.map { $0.text("devicePath") })
        )
        var paths: Set<String> = []
        for (index, mount) in container.objects("volumeMounts").enumerated() {
            let (name, path) = (mount.text("name"), mount.text("mountPath"))
            errors.below("volumeMounts[\(index)]") { errors in
                if name.isEmpty { errors.report(.required("name")) }
                if context.volumes[name] == nil { errors.report(.notFound("name", .string(name))) }
                if path.isEmpty { errors.report(.required("mountPath")) }
                if !paths.insert(path).inserted {
                    errors.report(.invalid("mountPath", .string(path), "must be unique"))
                }
                if deviceNames.contains(name) {
                    errors.report(.invalid("name", .string(name), "must not already exist in volumeDevices"))
                }
                if devicePaths.contains(path) {
                    errors.report(
                        .invalid("mountPath", .string(path), "must not already exist as a path in volumeDevices"))
                }
                if !mount.text("subPath").isEmpty, !mount.text("subPathExpr").isEmpty {
                    errors.report(
                        .invalid(
                            "subPathExpr", .string(mount.text("subPathExpr")),
                            "subPathExpr and subPath are mutually exclusive"))
                }
            }
            // Upstream reports these about the list, not about its element.
            errors.below("volumeMounts") { inner(mount, container, &$0) }
        }
    }

    private static func inner(_ mount: JSONObject, _ container: JSONObject, _ errors: inout [FieldError]) {
        for field in ["subPath", "subPathExpr"] where !mount.text(field).isEmpty {
            errors.descendingPath(field, mount.text(field))
        }
        errors.oneOf("mountPropagation", in: mount, ["Bidirectional", "HostToContainer", "None"])
        if mount.text("mountPropagation") == "Bidirectional", !container.object("securityContext").flag("privileged") {
            errors.report(
                .forbidden(
                    "mountPropagation", "Bidirectional mount propagation is available only to privileged containers"))
        }
        errors.oneOf("recursiveReadOnly", in: mount, ["Disabled", "Enabled", "IfPossible"])
        guard ["Enabled", "IfPossible"].contains(mount.text("recursiveReadOnly")) else { return }
        if !mount.flag("readOnly") {
            errors.report(.forbidden("recursiveReadOnly", "may only be specified when readOnly is true"))
        }
        if mount["mountPropagation"] != nil, mount.text("mountPropagation") != "None" {
            errors.report(
                .forbidden(
                    "recursiveReadOnly", "may only be specified when mountPropagation is None or not specified"))
        }
    }

    private static func devices(_ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let mounts = container.objects("volumeMounts")
        let (mountNames, mountPaths) = (
            Set(mounts.map { $0.text("name") }), Set(mounts.map { $0.text("mountPath") })
        )
        var (names, paths): (Set<String>, Set<String>) = ([], [])
        errors.each("volumeDevices", in: container) { device, errors in
            let (name, path) = (device.text("name"), device.text("devicePath"))
            if name.isEmpty { errors.report(.required("name")) }
            if !name.isEmpty, !names.insert(name).inserted {
                errors.report(.invalid("name", .string(name), "must be unique"))
            }
            if let volume = context.volumes[name] {
                if volume["persistentVolumeClaim"] == nil, volume["ephemeral"] == nil {
                    errors.report(
                        .invalid(
                            "name", .string(name),
                            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"))
                }
            } else {
                errors.report(.notFound("name", .string(name)))
            }
            if path.isEmpty { errors.report(.required("devicePath")) }
            if paths.contains(path) { errors.report(.invalid("devicePath", .string(path), "must be unique")) }
            if [FieldError].hasBacksteps(path) {
                errors.report(.invalid("devicePath", .string(path), "can not contain backsteps ('..')"))
            } else {
                paths.insert(path)
            }
            if mountNames.contains(name) {
                errors.report(.invalid("name", .string(name), "must not already exist in volumeMounts"))
            }
            if mountPaths.contains(path) {
                errors.report(.invalid("devicePath", .string(path), "must not already exist as a path in volumeMounts"))
            }
        }
    }
}
