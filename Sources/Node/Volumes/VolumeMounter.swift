import CNode
import Glibc
import Objects

/// Makes planned volumes exist: the paths that containers bind. All calls block.
struct VolumeMounter {
    var paths: NodePaths

    /// - Returns: a path of the host for each volume
    func prepare(_ volumes: [String: PlannedVolume], pod: PodSpec) throws(NodeError) -> [String: String] {
        var sources: [String: String] = [:]
        for (name, volume) in volumes.sorted(by: { $0.key < $1.key }) {
            do {
                sources[name] = try prepare(volume, at: paths.volume(pod.uid, name), pod: pod)
            } catch {
                throw NodeError(.volume, "MountVolume.SetUp failed for volume \"\(name)\" : \(error.message)")
            }
        }
        return sources
    }

    /// Unmounts what `prepare` mounted in the pod's directory.
    func release(podUID: String) throws(NodeError) {
        let parent = Files.parent(of: paths.volume(podUID, "x"))
        for name in try Files.names(in: parent) { while cnode_unmount("\(parent)/\(name)") == 0 {} }
    }

    private func prepare(_ volume: PlannedVolume, at path: String, pod: PodSpec) throws(NodeError) -> String {
        switch volume {
        case .host(let path, let type, readOnly: _):
            try check(path, type)
            return path
        case .empty(let inMemory, let size):
            try makeDirectory(path, inMemory: inMemory, size: size)
            let group = pod.spec.at("securityContext", "fsGroup")?.integer.flatMap { gid_t(exactly: $0) }
            if let group, chown(path, 0, group) != 0 { throw ioError("change the group of \(path)") }
            guard chmod(path, group == nil ? 0o777 : 0o2777) == 0 else { throw ioError("change the mode of \(path)") }
            return path
        case .files(let files, let inMemory):
            try makeDirectory(path, inMemory: inMemory, size: nil)
            for file in files { try write(file, below: path) }
            return path
        }
    }

    private func makeDirectory(_ path: String, inMemory: Bool, size: String?) throws(NodeError) {
        try Files.makeDirectories(path, mode: 0o755)
        // Mounted already by a try that was interrupted: a second mount would hide the first one's data.
        guard inMemory, !isMountPoint(path) else { return }
        let bytes = size.flatMap { Quantity($0) }.map { ",size=\($0.value)" } ?? ""
        let flags = UInt(MS_NOSUID | MS_NODEV)
        guard cnode_mount("tmpfs", path, "tmpfs", flags, "mode=0755\(bytes)") == 0 else {
            throw ioError("mount a tmpfs at \(path)")
        }
    }

    private func isMountPoint(_ path: String) -> Bool {
        var own = stat()
        var parent = stat()
        return stat(path, &own) == 0 && stat(Files.parent(of: path), &parent) == 0 && own.st_dev != parent.st_dev
    }

    private func write(_ file: PlannedVolume.File, below directory: String) throws(NodeError) {
        let parts = file.path.split(separator: "/")
        guard !parts.isEmpty, !parts.contains(".."), !file.path.hasPrefix("/") else {
            throw NodeError(.volume, "the file's path \"\(file.path)\" must be relative and must not contain '..'")
        }
        let path = "\(directory)/\(parts.joined(separator: "/"))"
        try Files.makeDirectories(Files.parent(of: path), mode: 0o755)
        try Files.replace(path, file.bytes, mode: mode_t(file.mode))
    }

    // MARK: hostPath

    private func check(_ path: String, _ type: PlannedVolume.PathType) throws(NodeError) {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT else { throw ioError("hostPath \(path)") }
            return try create(path, type)
        }
        let kind = status.st_mode & S_IFMT
        let wanted: mode_t? =
            switch type {
            case .any: nil
            case .directory, .directoryOrCreate: S_IFDIR
            case .file, .fileOrCreate: S_IFREG
            case .socket: S_IFSOCK
            case .characterDevice: S_IFCHR
            case .blockDevice: S_IFBLK
            }
        guard wanted == nil || wanted == kind else {
            throw NodeError(.volume, "hostPath type check failed: \(path) is not a \(noun(type))")
        }
    }

    private func create(_ path: String, _ type: PlannedVolume.PathType) throws(NodeError) {
        switch type {
        case .any, .directoryOrCreate: try Files.makeDirectories(path, mode: 0o755)
        case .fileOrCreate: _ = try OwnedFile(opening: path, O_WRONLY | O_CREAT, mode: 0o644)
        case .directory, .file, .socket, .characterDevice, .blockDevice:
            throw NodeError(.volume, "hostPath type check failed: \(path) does not exist (expected a \(noun(type)))")
        }
    }

    private func noun(_ type: PlannedVolume.PathType) -> String {
        switch type {
        case .any, .directory, .directoryOrCreate: "directory"
        case .file, .fileOrCreate: "file"
        case .socket: "socket file"
        case .characterDevice: "character device"
        case .blockDevice: "block device"
        }
    }
}
