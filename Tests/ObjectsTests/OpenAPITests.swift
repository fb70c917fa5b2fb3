import Testing

@testable import Objects

@Suite struct OpenAPITests {
    private let documents = OpenAPIDocuments(version: "v1.36.0")

    @Test func everyReferenceIsDefined() throws {
        for path in documents.groupPaths {
            let document = try #require(documents.document(path))
            let schemas = try #require(document.at("components", "schemas")?.object)
            let names = Set(schemas.keys.map { "#/components/schemas/" + $0 })
            for reference in references(document) { #expect(names.contains(reference), "\(path) \(reference)") }
        }
        let old = documents.version2
        let names = Set((old["definitions"]?.object?.keys ?? []).map { "#/definitions/" + $0 })
        for reference in references(old) { #expect(names.contains(reference), "\(reference)") }
    }

    private func references(_ value: JSON) -> Set<String> {
        switch value {
        case .object(let object):
            object.members.reduce(into: []) { found, member in
                if member.key == "$ref", let text = member.value.string { found.insert(text) }
                found.formUnion(references(member.value))
            }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(references($1)) }
        default: []
        }
    }

    @Test func podsCarryWhatClientsLookFor() throws {
        let document = try #require(documents.document("api/v1"))
        let containers = document.at(
            "components", "schemas", "io.k8s.api.core.v1.PodSpec", "properties", "containers")
        #expect(containers?["x-kubernetes-patch-merge-key"] == "name" && containers?["x-kubernetes-list-type"] == "map")
        let patch = document.at("paths", "/api/v1/namespaces/{namespace}/pods/{name}", "patch")
        #expect(patch?["x-kubernetes-group-version-kind"] == ["group": "", "kind": "Pod", "version": "v1"])
        #expect(patch?["parameters"]?.array?.contains { $0["name"] == "fieldValidation" } == true)
        #expect(documents.document("apis/none/v1") == nil)
    }

    @Test func theIndexNamesEveryDocumentByItsHash() throws {
        var all: [String: [UInt8]] = [:]
        for path in documents.groupPaths { all[path] = JSONEncoder.encode(try #require(documents.document(path))) }
        let url = documents.index(all).at("paths", "apis/apps/v1", "serverRelativeURL")?.string ?? ""
        #expect(url.hasPrefix("/openapi/v3/apis/apps/v1?hash=") && url.count > 40)
    }
}
