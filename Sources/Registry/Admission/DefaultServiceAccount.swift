import Objects

/// Every namespace has an account for the pods that name none. Upstream's controller makes it a moment after the
/// namespace; here it comes with it, so that nobody can see one without the other.
extension Registry {
    static let defaultServiceAccount = "default"

    /// Adds the account of a new namespace to the transaction that makes the namespace.
    func addServiceAccount(of namespace: Object, _ batch: inout WriteBatch) throws(Status) {
        let kind = try kind(of: .serviceAccounts)
        let key = StorageKeys.object(kind, namespace: namespace.name, name: Self.defaultServiceAccount)
        // Left over from a namespace of that name whose end was cut short.
        guard try load(key, kind) == nil else { return }
        batch.create(key, ObjectCoding.encode(serviceAccount(in: namespace.name)))
    }

    private func serviceAccount(in namespace: String) -> Object {
        var account = Object(["apiVersion": "v1", "kind": "ServiceAccount", "metadata": [:]])
        account.name = Self.defaultServiceAccount
        account.namespace = namespace
        account.uid = newUID()
        account["metadata", "creationTimestamp"] = .string(options.clock().rfc3339)
        return account
    }
}
