package import Objects
import Store

extension Registry {
    /// As `list`, with the stored bytes.
    package func listStored(
        _ resource: ResourceName, namespace: String? = nil, options: ListOptions = ListOptions()
    ) throws(Status) -> StoredList {
        let kind = try kind(of: resource)
        let range = KeyRange.prefix(StorageKeys.prefix(kind, namespace: namespace))
        let result: RangeResult
        do {
            result = try engine.range(RangeRequest(range))
        } catch {
            throw .store(error)
        }
        let items = result.rows.map { StoredBytes(value: $0.value, revision: $0.modRevision) }
        return StoredList(items: items, revision: result.revision, continueToken: "", remaining: nil)
    }
}
