/// About how many bytes a value has as text and how deep it is. Counting ends soon after `limit` bytes: parts that a
/// value shares with itself take little memory and still count each time, so that there may be more of them than time.
struct JSONMeasure {
    private(set) var bytes = 0
    /// Of scalars 0.
    private(set) var depth = 0
    private let limit: Int

    var isOverLimit: Bool { bytes > limit }

    init(_ value: JSON, limit: Int = .max) {
        self.limit = limit
        count(value, level: 0)
    }

    private mutating func count(_ value: JSON, level: Int) {
        depth = max(depth, level)
        switch value {
        case .null, .bool: bytes += 4
        case .integer, .number: bytes += 8
        case .string(let text): bytes += text.utf8.count + 2
        case .array(let elements):
            enter(level)
            for element in elements where !isOverLimit { count(element, level: level + 1) }
        case .object(let object):
            enter(level)
            for member in object.members where !isOverLimit {
                bytes += member.key.utf8.count + 3
                count(member.value, level: level + 1)
            }
        }
    }

    private mutating func enter(_ level: Int) {
        bytes += 2
        depth = max(depth, level + 1)
    }
}
