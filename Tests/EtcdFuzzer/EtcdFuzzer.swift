import EtcdFuzzing

/// libFuzzer calls this with one input after the other (scripts/fuzz).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    DecoderCheck.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
