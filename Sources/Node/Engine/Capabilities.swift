/// Linux capabilities by the names that securityContext.capabilities uses.
package enum Capabilities {
    private static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]

    /// What containerd and Docker leave a container, but for MKNOD: devices of the host are one mknod away.
    package static let standard = mask([
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE",
        "NET_RAW", "SYS_CHROOT", "AUDIT_WRITE", "SETFCAP",
    ])

    package static let all: UInt64 = (1 << UInt64(names.count)) - 1

    /// The standard ones, without `drop`, with `add`; `ALL` stands for all of them, a prefix CAP_ is accepted.
    package static func adjusted(add: [String], drop: [String]) -> UInt64 { standard & ~mask(drop) | mask(add) }

    private static func mask(_ list: [String]) -> UInt64 {
        list.reduce(0) { mask, name in
            let plain = name.uppercased().hasPrefix("CAP_") ? String(name.uppercased().dropFirst(4)) : name.uppercased()
            if plain == "ALL" { return all }
            return names.firstIndex(of: plain).map { mask | 1 << UInt64($0) } ?? mask
        }
    }
}
