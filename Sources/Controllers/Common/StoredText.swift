/// Looks into stored JSON without decoding it.
enum StoredText {
    /// Whether a text occurs. Where it does, it may still be in a place that means nothing.
    static func holds(_ text: [UInt8], in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, bytes.count >= text.count else { return false }
        for start in 0...(bytes.count - text.count) where bytes[start] == first {
            if bytes[start..<(start + text.count)].elementsEqual(text) { return true }
        }
        return false
    }
}
