import EtcdFuzzing

/// libFuzzer's own main, in its archive: parses the options and calls `body` with one input after the other.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// SwiftPM makes this the program's `main` (scripts/fuzz).
@_cdecl("EtcdFuzzer_main")
public func fuzzerMain(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var count = count
    var words = words
    return runDriver(&count, &words) { start, count in
        DecoderCheck.run(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    }
}
