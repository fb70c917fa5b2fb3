/// Random names and UIDs out of the registry's source of randomness.
extension Registry {
    /// A random (version 4) UUID, RFC 9562.
    package func newUID() -> String {
        let high = options.random() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = options.random() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let digits = hex(high) + hex(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    /// `base` with five random characters, cut as upstream cuts it so that the name has at most 63.
    func generateName(_ base: String) -> String {
        // No vowels and nothing that looks alike, so that no words come out (k8s.io/apimachinery, util/rand).
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        var random = options.random()
        var suffix = ""
        for _ in 0..<5 {
            suffix.append(alphabet[Int(random % UInt64(alphabet.count))])
            random /= UInt64(alphabet.count)
        }
        return String(base.prefix(58)) + suffix
    }

    private func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
