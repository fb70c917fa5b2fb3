import Glibc

/// The text of `errno`, which the caller takes at once after the call that failed.
func errnoText(_ code: CInt = errno) -> String { String(cString: strerror(code)) }

func ioError(_ what: String, _ code: CInt = errno) -> NodeError { NodeError(.io, "\(what): \(errnoText(code))") }
