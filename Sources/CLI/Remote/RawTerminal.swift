import Glibc
import NIOPosix

/// The terminal of standard input without line editing and echo, for as long as a remote terminal is shown on it.
struct RawTerminal {
    private let saved: termios

    /// Nil: standard input is no terminal.
    init?() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        saved = settings
        cfmakeraw(&settings)
        guard tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 else { return nil }
    }

    func restore() {
        var settings = saved
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    static var size: (columns: Int, rows: Int)? {
        var window = winsize()
        guard ioctl(STDIN_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// The size now and after each change. Looked at four times a second: a handler of SIGWINCH could not do more.
    static func followSize(_ changed: (_ columns: Int, _ rows: Int) async throws -> Void) async throws {
        var last: (columns: Int, rows: Int)?
        while !Task.isCancelled {
            if let size, last == nil || size != last ?? (0, 0) {
                last = size
                try await changed(size.columns, size.rows)
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}

/// Standard input without blocking a thread of the cooperative pool.
enum StandardInput {
    /// The next bytes; nil at the end. Not cancellable: a read that waits ends with the process.
    static func read() async throws -> [UInt8]? {
        try await NIOThreadPool.singleton.runIfActive {
            var buffer = [UInt8](repeating: 0, count: 32 << 10)
            var count: Int
            repeat { count = Glibc.read(STDIN_FILENO, &buffer, buffer.count) } while count < 0 && errno == EINTR
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }
}
