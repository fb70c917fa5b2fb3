/// What a shim is told: NUL-terminated `key=value` strings (Sources/CNode/shim_config.c reads them).
struct ShimConfiguration {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ key: String, _ value: String) {
        // A NUL would end the value early and start a key of its own; the API refuses it in every field used here.
        bytes += key.utf8
        bytes.append(UInt8(ascii: "="))
        bytes += value.utf8.filter { $0 != 0 }
        bytes.append(0)
    }

    mutating func add(_ key: String, _ number: some BinaryInteger) { add(key, String(number)) }

    mutating func add(_ identity: Identity) {
        add("user", identity.user)
        add("group", identity.group)
        for group in identity.groups { add("groups", group) }
        add("capabilities", identity.capabilities)
        if identity.noNewPrivileges { add("nonewprivileges", 1) }
        if identity.privileged { add("privileged", 1) }
    }

    mutating func add(_ bind: Bind) {
        add("bind", bind.target)
        add("bind.source", bind.source)
        if let subPath = bind.subPath { add("bind.subpath", subPath) }
        if bind.subPath != nil, !bind.readOnly { add("bind.create", 1) }
        if bind.readOnly { add("bind.readonly", 1) }
        if bind.replacesLink { add("bind.replace", 1) }
    }
}

extension ShimConfiguration {
    static func sandbox(_ setup: SandboxSetup, _ paths: NodePaths) -> ShimConfiguration {
        var configuration = ShimConfiguration()
        configuration.add("hostname", setup.hostname)
        if !setup.hostNetwork { configuration.add("net", paths.networkNamespace(setup.podUID)) }
        configuration.add("uts", paths.utsNamespace(setup.podUID))
        configuration.add("ipc", paths.ipcNamespace(setup.podUID))
        return configuration
    }

    static func run(
        _ id: ContainerID, _ setup: ContainerSetup, sandbox: SandboxSetup, _ paths: NodePaths, hidden: [String]
    ) -> ShimConfiguration {
        var configuration = ShimConfiguration.sandbox(sandbox, paths)
        configuration.add("directory", paths.attempt(id))
        configuration.add("log", paths.log(id))
        configuration.add("log.bytes", 10 << 20)
        configuration.add("log.files", 4)
        configuration.add("root", setup.root)
        if setup.root == "/" { for path in hidden { configuration.add("hide", path) } }
        if setup.readOnlyRoot { configuration.add("root.readonly", 1) }
        if setup.terminal { configuration.add("terminal", 1) }
        if setup.stdin { configuration.add("input", paths.attempt(id) + "/stdin") }
        for bind in setup.binds { configuration.add(bind) }
        configuration.add(process: setup.arguments, setup.environment, setup.workingDirectory, setup.identity)
        return configuration
    }

    /// A command in a container that runs with `bytes` as its configuration: the same user, variables and directory.
    static func exec(_ arguments: [String], in initProcess: ProcessIdentity, like bytes: [UInt8], terminal: Bool)
        -> ShimConfiguration
    {
        let kept: Set = [
            "environment", "cwd", "user", "group", "groups", "capabilities", "nonewprivileges", "privileged",
        ]
        var configuration = ShimConfiguration()
        for line in bytes.split(separator: 0) {
            let text = String(decoding: line, as: UTF8.self)
            let key = text.prefix { $0 != "=" }
            if kept.contains(String(key)) { configuration.add(String(key), String(text.dropFirst(key.count + 1))) }
        }
        configuration.add("pid", initProcess.pid)
        configuration.add("pid.start", initProcess.startTime)
        if terminal { configuration.add("terminal", 1) }
        for argument in arguments { configuration.add("argument", argument) }
        return configuration
    }

    mutating func add(
        process arguments: [String], _ environment: [String], _ workingDirectory: String, _ identity: Identity
    ) {
        for argument in arguments { add("argument", argument) }
        for variable in environment { add("environment", variable) }
        add("cwd", workingDirectory)
        add(identity)
    }
}
