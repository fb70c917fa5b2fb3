import Testing

@testable import Objects

@Suite struct SchemaTableTests {
    @Test func everyKindHasATable() {
        for kind in SchemaCatalog.builtin.kinds {
            #expect(SchemaTypes.builtin[kind.root]?.isKind == true, "\(kind.root)")
        }
    }

    @Test func numbersAreUniqueAndKeysExist() {
        let types = SchemaTypes.builtin
        for type in types.types {
            let numbers = type.fields.filter { $0.number > 0 }.map { "\($0.wrapper).\($0.number)" }
            #expect(Set(numbers).count == numbers.count, "\(type.name)")
            #expect(Set(type.fields.map(\.name)).count == type.fields.count, "\(type.name)")
            for field in type.fields {
                guard case .map(let keys) = field.listKind, let element = field.type.structIndex else { continue }
                for key in keys { #expect(types.types[element].field(key) != nil, "\(type.name).\(field.name) \(key)") }
            }
        }
    }

    @Test func someFactsOfTheTables() throws {
        let types = SchemaTypes.builtin
        let containers = try #require(types["PodSpec"]?.field("containers"))
        #expect(containers.listKind == .map(keys: ["name"]) && containers.patch == .merge(key: "name"))
        #expect(types["Volume"]?.field("persistentVolumeClaim")?.wrapper == 2)
        #expect(types["LabelSelector"]?.isAtomic == true)
        #expect(types["PersistentVolumeSpec"]?.field("claimRef")?.isGranular == true)
    }

    @Test func readingAllTablesIsQuick() {
        let clock = ContinuousClock()
        let time = clock.measure { _ = SchemaParser.parse(SchemaTables.all) }
        print("reading the schema tables took \(time)")
        #expect(time < .seconds(3))
    }
}
