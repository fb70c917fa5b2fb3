/// Checks that the tables cannot express, by type. A rule reports fields relative to its object; whoever calls it puts
/// the path before them.
enum ValidationRules {
    typealias Rule = @Sendable (JSONObject, inout [FieldError]) -> Void

    static let byType: [String: Rule] = [:]
}

extension [FieldError] {
    /// What `body` reports is about the field `step`.
    mutating func below(_ step: String, _ body: (inout [FieldError]) -> Void) {
        let known = count
        body(&self)
        prefix(from: known, step)
    }

    mutating func prefix(from start: Int, _ step: String) {
        for index in start..<count {
            let field = self[index].field
            self[index].field = field.isEmpty ? step : field.hasPrefix("[") ? step + field : "\(step).\(field)"
        }
    }
}
