import Glibc

/// The user and group databases of the machine (getgrouplist(3)).
enum GroupDatabase {
    private static let bufferSize = 64 * 1024

    /// nil if there is no such group.
    static func identifier(of name: String) -> UInt32? {
        lookUp { getgrnam_r(name, $0, $1, $2, $3) }
    }

    /// The group's name, or its number in decimal.
    static func name(of group: UInt32) -> String {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bufferSize) { buffer in
            guard let base = buffer.baseAddress else { return String(group) }
            getgrgid_r(group, &entry, base, bufferSize, &found)
            return found.map { String(cString: $0.pointee.gr_name) } ?? String(group)
        }
    }

    /// All groups that the database gives a user; empty for an unknown one.
    static func groups(ofUser uid: UInt32) -> [UInt32] {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bufferSize) { buffer in
            guard let base = buffer.baseAddress else { return [] }
            getpwuid_r(uid, &entry, base, bufferSize, &found)
            guard let user = found else { return [] }
            var groups = [gid_t](repeating: 0, count: 1024)
            var count = CInt(groups.count)
            getgrouplist(user.pointee.pw_name, user.pointee.pw_gid, &groups, &count)
            return Array(groups.prefix(Int(max(0, min(count, 1024)))))
        }
    }

    private static func lookUp(
        _ call: (
            UnsafeMutablePointer<Glibc.group>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Glibc.group>?>
        ) -> CInt
    ) -> UInt32? {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bufferSize) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            _ = call(&entry, base, bufferSize, &found)
            return found?.pointee.gr_gid
        }
    }
}
