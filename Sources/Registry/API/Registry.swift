package import Objects
package import Store

/// What a Kubernetes write means: the one way to the objects for the API and for the controllers.
///
/// Reads are synchronous (the engine reads without waiting for its writer). Writes are compare-and-swap transactions;
/// when one returns, it is durable and visible. Errors are Kubernetes `Status` values with upstream's reasons and texts
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/).
package final class Registry: Sendable {
    package let engine: any Engine
    package let options: RegistryOptions
    package let catalog: SchemaCatalog
    let eventLeases = EventLeases()

    package init(engine: any Engine, options: RegistryOptions = RegistryOptions(), catalog: SchemaCatalog = .builtin) {
        self.engine = engine
        self.options = options
        self.catalog = catalog
    }

    /// The schema of a resource, or upstream's answer for a resource that the server does not have.
    package func kind(of resource: ResourceName) throws(Status) -> KindSchema {
        guard let kind = catalog.kind(for: resource) else { throw .unknownPath() }
        return kind
    }
}
