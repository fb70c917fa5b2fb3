import ArgumentParser

/// A duration as kubectl's flags take it: `30s`, `1m30s`, `1.5h`, `500ms`, or seconds without a unit.
struct GoDuration: ExpressibleByArgument, Hashable, Sendable {
    var seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    private static let units: [(suffix: String, seconds: Double)] = [
        ("ms", 0.001), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("h", 3600), ("m", 60), ("s", 1),
    ]

    init?(argument: String) {
        var rest = argument[...]
        let negative = rest.hasPrefix("-")
        if negative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            guard let number = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            if rest.isEmpty, sum == 0 {
                sum = number
                break
            }
            guard let unit = Self.units.first(where: { rest.hasPrefix($0.suffix) }) else { return nil }
            rest = rest.dropFirst(unit.suffix.count)
            sum += number * unit.seconds
        }
        seconds = negative ? -sum : sum
    }

    var defaultValueDescription: String { "\(Int(seconds))s" }
}
