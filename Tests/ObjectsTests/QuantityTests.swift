import TestSupport
import Testing

@testable import Objects

@Suite struct QuantityTests {
    @Test(arguments: [
        ("0", "0"), ("1", "1"), ("-1", "-1"), ("0.5", "500m"), ("100m", "100m"), ("1000m", "1"), ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"), ("1000", "1k"), ("1000000", "1M"), ("1e3", "1e3"), ("1E3", "1e3"),
        ("12E", "12E"),
        ("1024", "1024"), ("1024Ki", "1Mi"), ("1Ki", "1Ki"), ("0.5Ki", "512"), ("0.5Mi", "512Ki"),
        ("1.1Ki", "1126400m"),
        ("100n", "100n"), ("0.1n", "1n"), ("1u", "1u"), ("+5", "5"), ("5.", "5"), (".5", "500m"), ("1e-3", "1e-3"),
        ("0Gi", "0"), ("10k", "10k"), ("1.25G", "1250M"), ("123456789012345678901", "123456789012345678901"),
        ("8Ei", "9223372036854775807"), ("7Ei", "7Ei"), ("1e0", "1"), ("00100", "100"), ("0.000000001", "1n"),
        ("-0.5Gi", "-512Mi"),
        ("1023Mi", "1023Mi"), ("512Mi", "512Mi"), ("0.0009765625Ki", "1"), ("3e9", "3e9"), ("1500m", "1500m"),
    ])
    func canonical(_ text: String, _ expected: String) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.description == expected)
        #expect(Quantity(quantity.description) == quantity)
    }

    @Test(arguments: [
        "", "-", ".", "Gi", "1gi", "1 Gi", "1Gi ", "1.2.3", "0x10", "1kb", "1KI", "1e", "1e3Gi", "--1", "1ii",
        "1e2147483647", "1e-2147483647", "1e9223372036854775807", "1e-9223372036854775808", "1e9223372036854775808",
    ])
    func refused(_ text: String) { #expect(Quantity(text) == nil) }

    /// Recorded with kube-apiserver 1.36.
    @Test(arguments: [
        ("0", "0"), ("1E3", "1E3"), ("1e3", "1e3"), ("+5Gi", "+5Gi"), ("5.Gi", "5.Gi"), ("01Gi", "01Gi"),
        (".5Gi", "512Mi"), ("0.5", "500m"), ("1.500", "1.500"), ("1.5", "1500m"), ("1.0000", "1"), ("1000", "1k"),
        ("1024Mi", "1Gi"), ("8Mi", "8Mi"), ("1000M", "1G"), ("1.250k", "1.250k"), ("00", "0"), ("-0", "0"),
        ("999999999999999999999", "999999999999999999999"), ("100001Gi", "100001Gi"), (" 1Gi\n", "1Gi"),
    ])
    func shown(_ text: String, _ expected: String) throws {
        #expect(try Quantity.shownText(text) == expected)
    }

    @Test func arithmeticKeepsTheLeftFormat() throws {
        let one = try #require(Quantity("1Gi"))
        let half = try #require(Quantity("500M"))
        #expect((one + one).description == "2Gi")
        #expect((one - half).description == "573741824")
        #expect(half < one)
        #expect(try #require(Quantity("1k")) == #require(Quantity("1000")))
        #expect(try #require(Quantity("1.1")).value == 2)
        #expect(try #require(Quantity("-1.1")).value == -2)
    }

    @Test func parsingIsStable() throws {
        let seed = TestSeed.value()
        print("Quantity seed \(seed)")
        var random = SplitMix(state: seed)
        let suffixes = [
            "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "e-2", "E6",
        ]
        for _ in 0..<5_000 {
            let text = "\(random.below(100_000)).\(random.below(1000))" + suffixes[random.below(suffixes.count)]
            let quantity = try #require(Quantity(text), "seed \(seed): \(text)")
            let again = try #require(Quantity(quantity.description), "seed \(seed): \(text)")
            #expect(again == quantity, "seed \(seed): \(text)")
            // 62.5Ki is shown as 64000, which reads as 64k: upstream does not keep the unit either.
            if again.format == quantity.format {
                #expect(again.description == quantity.description, "seed \(seed): \(text)")
            }
        }
    }
}

@Suite struct RFC3339TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-03-01T12:00:00Z", 1_772_366_400), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1), ("2026-03-01T12:00:00+02:00", 1_772_359_200),
    ])
    func seconds(_ text: String, _ expected: Int64) throws {
        let instant = try #require(Timestamp(text))
        #expect(instant.seconds == expected)
        #expect(Timestamp(instant.text) == instant)
    }

    @Test func fractions() throws {
        let instant = try #require(Timestamp("2026-03-01T12:00:00.1234567Z"))
        #expect(instant.microText == "2026-03-01T12:00:00.123456Z")
        #expect(instant.text == "2026-03-01T12:00:00Z")
    }

    @Test(arguments: [
        "", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-01T00:00:00.Z",
    ])
    func refused(_ text: String) { #expect(Timestamp(text) == nil) }

    @Test func everyDayOfFourCenturiesRoundTrips() {
        for day in stride(from: Int64(-100_000), to: 146_097, by: 1) {
            let date = Timestamp.civil(days: day)
            #expect(Timestamp.days(year: date.year, month: date.month, day: date.day) == day)
        }
    }
}

@Suite struct Base64Tests {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func roundTrip(_ text: String, _ expected: String) {
        #expect(Base64.encode(Array(text.utf8)) == expected)
        #expect(Base64.decode(expected) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Z*==", "=", "Zm9v=", "Zg==Zg=="])
    func refused(_ text: String) { #expect(Base64.decode(text) == nil) }
}
