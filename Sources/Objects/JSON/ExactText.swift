import Glibc

/// A text as the key of a table, told from others by its bytes as Kubernetes does it. Swift's own `==` takes an
/// accented letter and the letter with the accent behind it for the same text, and gives both the same hash.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }

    package func hash(into hasher: inout Hasher) { text.hashExactly(into: &hasher) }
}

extension String {
    /// Whether both are the same bytes.
    package func isExactly(_ other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        // Short texts are compared as two words, and nearly all keys that are asked for are other ones.
        if count <= 15, self != other { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { Self.areSame(own, $0) }
        }
        // Only strings of other runtimes have no bytes to look at.
        return isSame.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
    }

    private static func areSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return left.isEmpty }
        return first == second || memcmp(first, second, left.count) == 0
    }

    /// Texts that only Swift takes for the same get different hashes, or many of them would fill one place of a table.
    func hashExactly(into hasher: inout Hasher) {
        var text = self
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No byte of a text: it ends here.
        hasher.combine(0xFF as UInt8)
    }
}
