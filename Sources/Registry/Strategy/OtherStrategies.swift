import Objects

extension Strategy {
    /// An endpoint slice has no spec: its generation counts everything but what the system writes.
    static let endpointSlice = Strategy(
        returnsDeleted: false, hasGeneration: true,
        counted: { slice in
            var counted = slice.json
            for field in ["resourceVersion", "generation", "managedFields", "deletionTimestamp", "uid"] {
                counted.set(["metadata", field], nil)
            }
            return counted
        })

    static let secret = Strategy(
        returnsDeleted: false,
        prepareCreate: { secret, _ in SecretData.merge(&secret) },
        prepareUpdate: { secret, old, _ in
            SecretData.merge(&secret)
            // An empty type in an update means: as it was.
            if secret["type"]?.string ?? "" == "" { secret["type"] = old["type"] }
        })
}

/// `stringData` is write-only: it goes into `data`, encoded, and is not stored.
enum SecretData {
    static func merge(_ secret: inout Object) {
        guard let texts = secret["stringData"]?.object else { return }
        for (key, value) in texts {
            if let text = value.string { secret["data", key] = .string(Base64.encode(Array(text.utf8))) }
        }
        secret["stringData"] = nil
    }
}
