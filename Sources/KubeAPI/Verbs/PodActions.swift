import Objects
import Registry
import Transport

extension APIServer {
    func evict(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        throw Status.unsupported("evictions are not served yet")
    }

    func bind(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        throw Status.unsupported("bindings are not served yet")
    }
}
