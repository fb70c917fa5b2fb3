import Testing

@testable import Objects

/// A change to a valid object and what upstream refuses about it: reasons (without `FieldValue`) and fields.
struct RefusalCase: Sendable, CustomTestStringConvertible {
    var change: String
    var expected: [String]

    var testDescription: String { change }

    init(_ change: String, _ expected: String...) {
        self.change = change
        self.expected = expected
    }

    private func decoded(_ json: JSON, _ resource: ResourceName) throws -> (Object, KindSchema) {
        let kind = try #require(SchemaCatalog.builtin.kind(for: resource))
        return (try SchemaCatalog.builtin.decode(json, as: kind, validation: .ignore).object, kind)
    }

    private static func short(_ problems: [FieldError]) -> [String] {
        problems.map { "\($0.reason.rawValue.replacing("FieldValue", with: "")) \($0.field)" }.sorted()
    }

    func checkCreate(_ resource: ResourceName, _ base: JSON) throws {
        let (object, kind) = try decoded(MergePatch.apply(try JSONParser.parse(change), to: base), resource)
        let found = SchemaCatalog.builtin.validateCreate(object, kind)
        #expect(Self.short(found) == expected.sorted(), "\(found)")
    }

    func checkUpdate(_ resource: ResourceName, _ base: JSON, isStatus: Bool = false) throws {
        let (old, kind) = try decoded(base, resource)
        let (new, _) = try decoded(MergePatch.apply(try JSONParser.parse(change), to: old.json), resource)
        let found = SchemaCatalog.builtin.validateUpdate(new, old: old, kind, isStatus: isStatus)
        #expect(Self.short(found) == expected.sorted(), "\(found)")
    }
}
