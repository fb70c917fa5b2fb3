import Objects

/// Puts a container's setup together from its spec and everything it refers to. Pure.
struct ContainerAssembly {
    var pod: PodSpec
    var container: ContainerSpec
    var inputs: PodInputs
    var image: ImageTable.Entry?
    /// Host paths by volume name.
    var sources: [String: String]
    var planned: [String: PlannedVolume]
    /// Files of the pod (hosts, hostname, resolv.conf) and of the container.
    var ownFiles: [Bind]

    func setup() throws(NodeError) -> ContainerSetup {
        let own = try Environment(pod: pod, container: container, inputs: inputs).values()
        let map = Dictionary(own.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
        let identity = try identity()
        var setup = ContainerSetup(
            arguments: try arguments(map), environment: environment(own, map, user: identity.user))
        setup.identity = identity
        setup.workingDirectory = container.workingDirectory ?? image?.workingDirectory ?? "/"
        setup.root = image?.root ?? "/"
        setup.readOnlyRoot = container.securityContext["readOnlyRootFilesystem"]?.bool ?? false
        setup.terminal = container.terminal
        setup.stdin = container.stdin
        setup.binds = try ownFiles + mounts(map)
        return setup
    }

    /// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    private func arguments(_ variables: [String: String]) throws(NodeError) -> [String] {
        let command = container.command.map { Expansion.expand($0, variables) }
        let args = container.args.map { Expansion.expand($0, variables) }
        if !command.isEmpty { return command + args }
        guard let image else {
            throw NodeError(
                .image,
                "image \"\(container.image)\" is not in the node's image table, and the container has no command: add "
                    + "{\"pattern\": \"\(container.image)\", \"command\": [...]} to the file of berth-node's --images, "
                    + "or give the container a command")
        }
        let all = image.command + (args.isEmpty ? image.args : args)
        guard !all.isEmpty else {
            throw NodeError(
                .image, "the image table's entry \"\(image.pattern)\" has no command, and the container has none")
        }
        return all
    }

    private func environment(_ own: [(name: String, value: String)], _ map: [String: String], user: UInt32) -> [String]
    {
        var defaults = [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("HOSTNAME", pod.hostname),
            ("HOME", user == 0 ? "/root" : "/"),
        ]
        if container.terminal { defaults.append(("TERM", "xterm")) }
        let ofImage = image?.environment ?? []
        let imageNames = Set(ofImage.map { String($0.prefix { $0 != "=" }) })
        let base = defaults.filter { map[$0.0] == nil && !imageNames.contains($0.0) }.map { "\($0.0)=\($0.1)" }
        return base + ofImage.filter { map[String($0.prefix { $0 != "=" })] == nil }
            + own.map { "\($0.name)=\($0.value)" }
    }

    // MARK: Security context: the container's wins over the pod's

    private func identity() throws(NodeError) -> Identity {
        let podContext = pod.spec["securityContext"] ?? .null
        let own = container.securityContext
        func number(_ field: String) -> UInt32? {
            (own[field] ?? podContext[field])?.integer.flatMap { UInt32(exactly: $0) }
        }
        var identity = Identity()
        identity.user = number("runAsUser") ?? image?.user ?? 0
        identity.group = number("runAsGroup") ?? 0
        let extra = (podContext["supplementalGroups"]?.array ?? []) + [podContext["fsGroup"]].compactMap { $0 }
        identity.groups = extra.compactMap(\.integer).compactMap { UInt32(exactly: $0) }
        identity.privileged = own["privileged"]?.bool ?? false
        identity.noNewPrivileges = own["allowPrivilegeEscalation"]?.bool == false
        let capabilities = own["capabilities"] ?? .null
        identity.capabilities = Capabilities.adjusted(
            add: capabilities["add"]?.array?.compactMap(\.string) ?? [],
            drop: capabilities["drop"]?.array?.compactMap(\.string) ?? [])
        let nonRoot = (own["runAsNonRoot"] ?? podContext["runAsNonRoot"])?.bool ?? false
        guard !nonRoot || identity.user != 0 else {
            throw NodeError(
                .configuration,
                "container has runAsNonRoot and would run as root (pod: \"\(pod.fullName)\", container: \(container.name))"
            )
        }
        return identity
    }

    // MARK: Mounts

    private func mounts(_ variables: [String: String]) throws(NodeError) -> [Bind] {
        var binds: [Bind] = []
        for mount in container.mounts {
            let name = mount["name"]?.string ?? ""
            guard let source = sources[name], let target = mount["mountPath"]?.string else {
                throw NodeError(.configuration, "volumeMount \"\(name)\" names no volume of the pod")
            }
            let subPath = try subPath(mount, variables)
            binds.append(
                Bind(
                    source: source, subPath: subPath, target: target,
                    readOnly: (mount["readOnly"]?.bool ?? false) || isReadOnly(name)))
        }
        // A mount inside another mount comes after it.
        return binds.enumerated()
            .sorted { (depth($0.element), $0.offset) < (depth($1.element), $1.offset) }.map(\.element)
    }

    private func depth(_ bind: Bind) -> Int { bind.target.split(separator: "/").count }

    private func isReadOnly(_ volume: String) -> Bool {
        switch planned[volume] {
        case .host(_, _, let readOnly)?: readOnly
        case .files?: true
        case .empty?, nil: false
        }
    }

    private func subPath(_ mount: JSON, _ variables: [String: String]) throws(NodeError) -> String? {
        var path = mount["subPath"]?.string ?? ""
        if let expression = mount["subPathExpr"]?.string, !expression.isEmpty {
            let missing = Expansion.missing(expression, variables)
            guard missing.isEmpty else {
                throw NodeError(.configuration, "subPathExpr \(expression) uses unknown variables: \(missing)")
            }
            path = Expansion.expand(expression, variables)
        }
        guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            throw NodeError(.configuration, "subPath \(path) must be relative and must not contain '..'")
        }
        return path.isEmpty ? nil : path
    }
}
