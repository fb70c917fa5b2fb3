package import Objects

extension JSON {
    /// Without null members: to the API a missing member and null are the same, and it may store either.
    package var withoutNulls: JSON {
        switch self {
        case .object(let object):
            .object(JSONObject(object.members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
