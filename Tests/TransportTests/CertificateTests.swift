import Testing
import TransportTestSupport

@testable import Transport

@Suite struct CertificateTests {
    @Test(arguments: [
        (0, "700101000000Z"), (951_782_400, "000229000000Z"), (1_764_547_199, "251130235959Z"),
        (2_524_608_000, "20500101000000Z"), (4_102_444_800, "21000101000000Z"),
    ])
    func writesTimes(_ seconds: Int64, _ text: String) {
        #expect(DER.time(CivilTime(secondsSince1970: seconds)).dropFirst(2).elementsEqual(text.utf8))
    }

    @Test func writesLengthsAndNumbers() {
        #expect(DER.octets([UInt8](repeating: 0, count: 127)).prefix(2).elementsEqual([0x04, 0x7f]))
        #expect(DER.octets([UInt8](repeating: 0, count: 300)).prefix(4).elementsEqual([0x04, 0x82, 0x01, 0x2c]))
        #expect(DER.integer([0, 0]) == [0x02, 0x01, 0x00])
        #expect(DER.integer([0x80]) == [0x02, 0x02, 0x00, 0x80])
        #expect(DER.identifier([1, 2, 840, 10045, 4, 3, 2]) == [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])
    }

    /// The names that were signed are the names that are read, and cut-off certificates are nobody's.
    @Test func namesRoundTrip() throws {
        let folder = TemporaryFolder()
        let authority = try CertificateAuthority.load(KeyDirectory(folder["keys"]), now: { 1_700_000_000 })
        let name = CertificateName(commonName: "unix:1000", organizations: ["berth", "Zoë, Inc."])
        let issued = try authority.client(name, seconds: 3600)
        let der = try #require(bytes(issued.certificate))
        #expect(CertificateName(certificate: der) == name)
        for length in stride(from: 0, to: der.count, by: 7) {
            let cut = CertificateName(certificate: Array(der.prefix(length)))
            #expect(cut == nil)
        }
    }

    @Test func theAuthorityStaysAndTheServersCertificateFollowsItsHosts() throws {
        let folder = TemporaryFolder()
        let keys = KeyDirectory(folder["keys"])
        let first = try CertificateAuthority.load(keys, now: { 1_700_000_000 })
        let again = try CertificateAuthority.load(keys, now: { 1_700_000_000 })
        #expect(first.certificate == again.certificate)
        let one = try first.server(hosts: ["localhost"])
        #expect(try again.server(hosts: ["localhost"]) == one)
        #expect(try again.server(hosts: ["localhost", "10.0.0.1"]) != one)
        // Ten years later it is time for another.
        let later = try CertificateAuthority.load(keys, now: { 1_764_547_200 + 10 * 365 * 86_400 })
        let renewed = try later.server(hosts: ["localhost", "10.0.0.1"])
        #expect(try again.server(hosts: ["localhost", "10.0.0.1"]) == renewed)
    }

    @Test func readsListenAddresses() {
        #expect(TCPAddress("127.0.0.1:6443")?.description == "127.0.0.1:6443")
        #expect(TCPAddress("[::1]:6443")?.description == "[::1]:6443")
        #expect(TCPAddress("localhost:1")?.host == "127.0.0.1")
        for text in ["", "127.0.0.1", ":6443", "::1:6443", "example.org:1", "127.0.0.1:70000", "127.0.0.1:-1"] {
            #expect(TCPAddress(text) == nil)
        }
        #expect(TCPAddress("0.0.0.0:1")?.address.isUnspecified == true)
        #expect(TCPAddress("127.8.9.1:1")?.address.isLoopback == true)
    }

    private func bytes(_ pem: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var (out, word, bits) = ([UInt8](), 0, 0)
        for line in pem.split(separator: "\n") where !line.hasPrefix("-") {
            for byte in line.utf8 where byte != UInt8(ascii: "=") {
                guard let value = alphabet.firstIndex(of: byte) else { return nil }
                (word, bits) = (word << 6 | value, bits + 6)
                if bits >= 8 {
                    bits -= 8
                    out.append(UInt8(truncatingIfNeeded: word >> bits))
                }
            }
        }
        return out
    }
}
