package import Objects

extension Registry {
    /// Applies a patch inside the compare-and-swap loop; an apply patch creates the object if there is none.
    package func patch(
        _ key: ObjectKey, _ kind: PatchKind, _ patch: [UInt8], subresource: Subresource? = nil,
        options: WriteOptions = WriteOptions(), by user: User
    ) async throws(Status) -> PatchOutcome {
        let body: JSON
        do {
            body = try JSONParser.parse(patch)
        } catch {
            throw .badRequest("the patch could not be decoded: \(error)")
        }
        let object = try await update(key, subresource: subresource, options: options, by: user) {
            Object(Registry.merged($0.json, body))
        }
        return PatchOutcome(object: object, created: false, warnings: [])
    }

    /// RFC 7386.
    private static func merged(_ target: JSON, _ patch: JSON) -> JSON {
        guard let members = patch.object else { return patch }
        var result = target.object ?? JSONObject()
        for (key, value) in members {
            result[key] = value.isNull ? nil : merged(result[key] ?? .null, value)
        }
        return .object(result)
    }
}
