/// Why bytes are not the JSON that this project accepts, and where.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Offset in bytes from the start of the document.
    package var offset: Int
    package var message: String

    package init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }

    package var description: String { "\(message) at offset \(offset)" }
}
