import Objects
import Store

/// Which objects a list or a watch is about.
struct Predicate: Sendable, Hashable {
    var labels: Selector
    var fields: FieldSelector

    init(labelSelector: String, fieldSelector: String, kind: KindSchema) throws(Status) {
        labels = labelSelector.isEmpty ? Selector() : try Selector(query: labelSelector)
        fields = fieldSelector.isEmpty ? FieldSelector() : try FieldSelector(query: fieldSelector, kind: kind)
    }

    /// Nothing has to be decoded to know.
    var selectsEverything: Bool { labels.selectsEverything && fields.selectsEverything }

    func matches(_ object: Object) -> Bool { labels.matches(object) && fields.matches(object) }

    func matches(_ value: UnsafeRawBufferPointer) throws(Status) -> Bool {
        if selectsEverything { return true }
        switch JSONParser.document(value.bindMemory(to: UInt8.self)) {
        case .success(let document): return matches(Object(document.value))
        case .failure(let error): throw .internalError("a stored object could not be decoded: \(error)")
        }
    }

    func matches(_ row: KeyValue) throws(Status) -> Bool {
        if selectsEverything { return true }
        return matches(try ObjectCoding.decode(row.value, revision: row.modRevision))
    }

    /// The narrowest range of keys that holds everything that can match: one key if a name is asked for.
    func range(_ kind: KindSchema, namespace: String?) -> KeyRange {
        let namespace = namespace.flatMap { $0.isEmpty ? nil : $0 } ?? exact("metadata.namespace")
        if let name = fields.name, !kind.namespaced || namespace != nil {
            return .key(StorageKeys.object(kind, namespace: namespace ?? "", name: name))
        }
        return .prefix(StorageKeys.prefix(kind, namespace: namespace))
    }

    private func exact(_ field: String) -> String? {
        fields.requirements.first { $0.field == field && !$0.isNegated && !$0.value.isEmpty }?.value
    }
}
