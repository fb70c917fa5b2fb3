import EtcdFuzzing

/// What libFuzzer calls with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    DecoderCheck.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

/// libFuzzer's own main, in its archive: parses the options and does the work.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Where SwiftPM takes the program's `main` to be (scripts/fuzz).
@_cdecl("EtcdFuzzer_main")
public func fuzzerMain(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var count = count
    var words = words
    return runDriver(&count, &words) { fuzzOneInput($0, $1) }
}
