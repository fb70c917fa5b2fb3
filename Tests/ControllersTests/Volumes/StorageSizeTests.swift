import Testing

@testable import Controllers

@Suite struct StorageSizeTests {
    @Test(
        arguments: [
            ("1Gi", 1_073_741_824), ("1.5Gi", 1_610_612_736), ("1e9", 1_000_000_000), ("129e6", 129_000_000),
            ("1E", 1_000_000_000_000_000_000), ("1k", 1000), ("128974848", 128_974_848), ("0.5Gi", 536_870_912),
            ("1500m", 2), ("-1Ki", -1024),
        ] as [(String, Int64)])
    func quantities(_ text: String, _ bytes: Int64) {
        if text == "1500m" {
            #expect(StorageSize(text).map { $0 < StorageSize(bytes: 2) && $0 > StorageSize(bytes: 1) } == true)
        } else {
            #expect(StorageSize(text) == StorageSize(bytes: bytes))
        }
    }

    @Test(arguments: ["", "Gi", ".", "1 Gi", "1.2.3", "1Qi", "--1", "1e99", "99999999999999999999999"])
    func whatIsNoQuantity(_ text: String) { #expect(StorageSize(text) == nil) }

    @Test func sizesBeyondSixtyFourBits() {
        #expect((StorageSize("20Ei") ?? .zero) > StorageSize(bytes: .max))
    }
}
