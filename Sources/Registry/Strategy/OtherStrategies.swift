import Objects

extension Strategy {
    /// An endpoint slice has no spec: its generation counts everything but the metadata, and of those the labels.
    static let endpointSlice = Strategy(
        returnsDeleted: false, hasGeneration: true,
        prepareCreate: { slice, _ in dropTopology(&slice) },
        counted: { slice in
            var counted = slice.json
            counted["metadata"] = ["labels": slice["metadata", "labels"] ?? .null]
            return counted
        })

    /// v1 shows the topology of v1beta1 and takes none.
    private static func dropTopology(_ slice: inout Object) {
        guard let endpoints = slice["endpoints"]?.array,
            endpoints.contains(where: { $0["deprecatedTopology"] != nil })
        else { return }
        slice["endpoints"] = .array(
            endpoints.map { endpoint in
                var endpoint = endpoint
                endpoint["deprecatedTopology"] = nil
                return endpoint
            })
    }

    /// Coordinated leader election is alpha: its fields are dropped unless they are there.
    static let lease = Strategy(
        createsOnUpdate: true, allowsUnconditionalUpdate: false, returnsDeleted: false,
        prepareCreate: { lease, _ in dropElection(&lease, nil) },
        prepareUpdate: { lease, old, _ in dropElection(&lease, old) })

    private static func dropElection(_ lease: inout Object, _ old: Object?) {
        for field in ["strategy", "preferredHolder"] where old?["spec", field] == nil {
            if lease["spec", field] != nil { lease["spec", field] = nil }
        }
    }

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
        guard let object = secret["stringData"]?.object else { return }
        secret["stringData"] = nil
        let texts = object.members.compactMap { member in member.value.string.map { (key: member.key, text: $0) } }
        if texts.isEmpty { return }
        var data = MemberTable(secret["data"]?.object ?? JSONObject())
        for (key, text) in texts { data[key] = .string(Base64.encode(Array(text.utf8))) }
        secret["data"] = .object(data.object)
    }
}
