// Signal sources may be cancelled from any thread, which their type does not say.
@preconcurrency import Dispatch
import Glibc

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

    /// The size now and after each change.
    static var sizes: AsyncStream<(columns: Int, rows: Int)> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            if let size { continuation.yield(size) }
            let source = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
            source.setEventHandler { if let size { continuation.yield(size) } }
            continuation.onTermination = { _ in source.cancel() }
            source.resume()
        }
    }
}

/// Standard input without blocking a thread of the cooperative pool.
enum StandardInput {
    private static let queue = DispatchQueue(label: "stdin")

    /// The next bytes; nil at the end. Not cancellable: a read that waits ends with the process.
    static func read() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            queue.async {
                var buffer = [UInt8](repeating: 0, count: 32 << 10)
                var count: Int
                repeat { count = Glibc.read(STDIN_FILENO, &buffer, buffer.count) } while count < 0 && errno == EINTR
                continuation.resume(returning: count > 0 ? Array(buffer[..<count]) : nil)
            }
        }
    }
}
