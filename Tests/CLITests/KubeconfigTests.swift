import Glibc
import Testing

@testable import CLI

@Suite struct KubeconfigTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/berth-cli-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        let directory = String(cString: made)
        defer {
            for name in ["config", "link"] { unlink("\(directory)/\(name)") }
            rmdir(directory)
        }
        try body(directory)
    }

    private func text(of descriptor: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let length = max(0, pread(descriptor, &buffer, buffer.count, 0))
        return String(decoding: buffer[..<length], as: UTF8.self)
    }

    @Test func whoHasTheOldFileOpenDoesNotSeeTheKey() throws {
        try withDirectory { directory in
            let path = directory + "/config"
            let old = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            defer { close(old) }
            symlink(path, directory + "/link")
            // Through a link, which stays.
            try Kubeconfig.write("key", to: directory + "/link")
            #expect(text(of: old) == "")
            let new = open(path, O_RDONLY | O_CLOEXEC)
            defer { close(new) }
            #expect(text(of: new) == "key")
            var status = stat()
            #expect(fstat(new, &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(lstat(directory + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        }
    }

    @Test func whatIsNoFileIsWrittenTo() throws { try Kubeconfig.write("key", to: "/dev/null") }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        #expect(throws: CommandFailure.self) { try Kubeconfig.write("key", to: "/nowhere/config") }
    }
}
