import CStore
import Testing

@testable import Store

/// The standards' own examples.
@Suite struct ChecksumTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func sha256(_ pieces: [String]) -> String {
        var hash = SHA256Stream()
        for piece in pieces { Array(piece.utf8).withUnsafeBytes { hash.add($0) } }
        return hex(hash.digest())
    }

    @Test func sha256OfTheExamples() {
        #expect(sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(sha256(["a", "bc"]) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(sha256([long]) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        let million = String(repeating: "a", count: 1_000)
        #expect(
            sha256(Array(repeating: million, count: 1_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func crc32cOfTheExampleBothWays() {
        let digits = Array("123456789".utf8)
        #expect(berth_crc32c(0, digits, digits.count) == 0xE306_9283)
        #expect(berth_crc32c_portable(0, digits, digits.count) == 0xE306_9283)
        let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for length in [0, 1, 7, 8, 9, 63, 512, 999] {
            #expect(berth_crc32c(5, bytes, length) == berth_crc32c_portable(5, bytes, length))
        }
    }

    @Test func xxh64OfTheExamples() {
        #expect(berth_xxh64([UInt8](), 0, 0) == 0xEF46_DB37_51D8_E999)
        #expect(berth_xxh64(Array("a".utf8), 1, 0) == 0xD24E_C4F1_A98C_6E5B)
        #expect(berth_xxh64(Array("abc".utf8), 3, 0) == 0x44BC_2CF5_AD77_0999)
        let text = Array("Nobody inspects the spammish repetition".utf8)
        #expect(berth_xxh64(text, text.count, 0) == 0xFBCE_A83C_8A37_8BF1)
    }
}
