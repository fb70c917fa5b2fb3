package import Objects

extension Quantity {
    /// A size as it stands in an object: text, or a bare number of bytes. nil for anything that is not a quantity.
    package init?(size json: JSON?) {
        switch json {
        case .string(let text): self.init(text)
        case .integer(let bytes): self.init(bytes)
        default: return nil
        }
    }
}
