enum QuantityRules {
    static func quantity(_ value: JSON?) -> Quantity? { value?.string.flatMap { Quantity($0) } }

    /// Sizes of volumes: at least zero is one rule upstream, more than zero another, and both report.
    static func positive(_ value: JSON?, _ field: String, _ errors: inout [FieldError]) {
        guard let value, let quantity = quantity(value) else { return }
        basic(value, field, &errors)
        if quantity.nanos <= 0 { errors.report(.invalid(field, value, "must be greater than zero")) }
    }

    static func basic(_ value: JSON, _ field: String, _ errors: inout [FieldError]) {
        guard let whole = quantity(value)?.wrappedValue, whole < 0 else { return }
        errors.report(.invalid(field, .integer(whole), "must be a valid resource quantity"))
    }

    /// Not negative, and whole where the resource comes in pieces.
    static func resourceValue(_ name: String, _ value: JSON, _ field: String, _ errors: inout [FieldError]) {
        guard let quantity = quantity(value) else { return }
        if quantity.nanos < 0 { errors.report(.invalid(field, value, "must be greater than or equal to 0")) }
        if ResourceNames.isInteger(name), quantity.milliValue % 1000 != 0 {
            errors.report(.invalid(field, value, "must be an integer"))
        }
    }
}
