import CNode
import Glibc

/// Whether a volume can be filled beyond its size. Said in the volume's annotation `berth/size-limit`.
package enum SizeLimit: Sendable, Hashable, CustomStringConvertible {
    /// By a project quota of this number.
    case enforced(project: UInt32)
    case none(because: String)

    package var description: String {
        switch self {
        case .enforced(let project): "project quota \(project)"
        case .none(let reason): "not enforced: \(reason)"
        }
    }
}

/// Project quotas of the volume root's file system, one project a volume. All calls block.
enum ProjectQuota {
    /// Ours begin here, so that a person who numbers projects from 1 does not meet them.
    private static let first: UInt32 = 0x4000_0000

    /// Limits a directory to `bytes`, also one that has been limited before.
    ///
    /// - Parameter seed: projects are looked for from here on, so that most volumes find theirs at the first try
    static func limit(_ directory: CInt, to bytes: UInt64, seed: String, path: String) throws(NodeError) -> SizeLimit {
        switch cnode_quota_is_enforced(directory) {
        case 1: break
        case 0: return .none(because: "the file system of \(path) counts project quotas and does not enforce them")
        default: return .none(because: "the file system of \(path) has no project quota (\(errnoText()))")
        }
        let project = try project(of: directory, seed: seed, path: path)
        guard cnode_set_quota(directory, project, bytes) == 0 else { throw ioError("limit \(path) to \(bytes) bytes") }
        return .enforced(project: project)
    }

    /// Takes the limit off, before the directory is removed.
    static func release(_ directory: CInt) {
        var project: UInt32 = 0
        guard cnode_project(directory, &project) == 0, project >= first else { return }
        // A limit that stays behind costs a number and nothing else.
        _ = cnode_set_quota(directory, project, 0)
    }

    private static func project(of directory: CInt, seed: String, path: String) throws(NodeError) -> UInt32 {
        var project: UInt32 = 0
        guard cnode_project(directory, &project) == 0 else { throw ioError("read the project of \(path)") }
        if project >= first { return project }
        var candidate = first | (hash(seed) & 0x3fff_ffff)
        for _ in 0..<4096 {
            var (limit, used): (UInt64, UInt64) = (0, 0)
            guard cnode_quota(directory, candidate, &limit, &used) == 0 else {
                throw ioError("read the quota of project \(candidate) on \(path)")
            }
            if limit == 0, used == 0 {
                guard cnode_set_project(directory, candidate) == 0 else { throw ioError("set the project of \(path)") }
                return candidate
            }
            candidate = candidate == 0x7fff_ffff ? first : candidate + 1
        }
        throw NodeError(.io, "no free project number for \(path)")
    }

    /// FNV-1a.
    private static func hash(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
