import CNode
import Glibc

/// What a shim wrote when its container's command started (Sources/CNode/shim_run.c describes the files).
struct ShimStart: Sendable, Hashable {
    var shim: ProcessIdentity
    var initProcess: ProcessIdentity
    var startedAt: WallTime

    init?(_ text: String) {
        let fields = text.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }
        guard fields.count == 5, let shim = ProcessIdentity(fields[0], fields[1]),
            let initProcess = ProcessIdentity(fields[2], fields[3])
        else { return nil }
        self.shim = shim
        self.initProcess = initProcess
        startedAt = WallTime(nanoseconds: fields[4])
    }
}

/// One process for ever: a pid alone is used again by the kernel.
struct ProcessIdentity: Sendable, Hashable {
    var pid: pid_t
    var startTime: UInt64

    /// A descriptor of exactly this process; nil when it has gone. The start time is compared after opening, so the
    /// pid cannot change hands in between.
    func open() -> CInt? {
        let descriptor = cnode_pidfd_open(pid)
        guard descriptor >= 0 else { return nil }
        if cnode_start_time(pid) == startTime { return descriptor }
        close(descriptor)
        return nil
    }

    /// False when it has gone.
    func signal(_ number: CInt) -> Bool {
        guard let descriptor = open() else { return false }
        defer { close(descriptor) }
        return cnode_pidfd_send_signal(descriptor, number) == 0
    }
}

extension ProcessIdentity {
    /// nil for numbers that no process has.
    fileprivate init?(_ pid: Int64, _ startTime: Int64) {
        guard let pid = pid_t(exactly: pid), let startTime = UInt64(exactly: startTime) else { return nil }
        self.init(pid: pid, startTime: startTime)
    }
}

extension ContainerExit {
    /// "<code> <ns since 1970> <reason>\n<message>"
    init?(record text: String, startedAt: WallTime?) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = lines.first.map { $0.split(separator: " ") } ?? []
        guard fields.count == 3, let code = Int32(fields[0]), let time = Int64(fields[1]) else { return nil }
        self.init(
            code: code, finishedAt: WallTime(nanoseconds: time), startedAt: startedAt, reason: String(fields[2]),
            message: lines.count > 1 ? String(lines[1]) : "")
    }
}
