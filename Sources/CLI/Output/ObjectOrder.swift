import Objects

/// `--sort-by=.metadata.creationTimestamp`: an order of objects by one of their fields, as kubectl has it: numbers and
/// quantities by size, names with numbers in them by those numbers, what lacks the field first.
struct ObjectOrder {
    private let path: JSONPath

    init(_ expression: String) throws {
        do {
            path = try JSONPath(relaxed: expression)
        } catch {
            throw CommandFailure("error: \(error)")
        }
    }

    /// Equal ones stay in their order.
    func sorted<Element>(_ elements: [Element], object: (Element) -> JSON) -> [Element] {
        let keyed = elements.enumerated().map { (index: $0, key: path.values(object($1)).first, element: $1) }
        return keyed.sorted { left, right in
            if Self.precedes(left.key, right.key) { return true }
            return !Self.precedes(right.key, left.key) && left.index < right.index
        }.map(\.element)
    }

    static func precedes(_ left: JSON?, _ right: JSON?) -> Bool {
        guard let right, !right.isNull else { return false }
        guard let left, !left.isNull else { return true }
        if let left = size(left), let right = size(right) { return left < right }
        return naturalPrecedes(JSONPath.display(left), JSONPath.display(right))
    }

    private static func size(_ value: JSON) -> Quantity? {
        switch value {
        case .integer(let number): Quantity(number)
        case .number(let number): Quantity("\(number)")
        case .string(let text): Quantity(text)
        default: nil
        }
    }

    /// `web-2` before `web-10`.
    private static func naturalPrecedes(_ left: String, _ right: String) -> Bool {
        var (a, b) = (left.unicodeScalars[...], right.unicodeScalars[...])
        while let first = a.first, let second = b.first {
            if isDigit(first), isDigit(second) {
                let (x, y) = (number(&a), number(&b))
                if x.count != y.count { return x.count < y.count }
                if x != y { return x < y }
            } else {
                if first != second { return first < second }
                a.removeFirst()
                b.removeFirst()
            }
        }
        return a.isEmpty && !b.isEmpty
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// Takes the digits off; without leading zeros, so that the longer one is the larger one.
    private static func number(_ text: inout Substring.UnicodeScalarView) -> String {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return String(String.UnicodeScalarView(digits.drop { $0 == "0" }))
    }
}
