import Controllers
import DNS
import Objects
import Registry
import Transport

/// Keeps the name server's records as Services, EndpointSlices and pods are. It hears of a change as soon as the
/// change is durable, so a name follows its address within milliseconds.
enum NameFeed {
    /// Before the informers start.
    static func connect(_ informers: SharedInformers, to server: DNSServer) {
        informers.informer(.services).addHandler { old, new in
            guard let service = new ?? old else { return }
            let records = new.flatMap { ServiceRecords($0) }
            if records == old.flatMap({ ServiceRecords($0) }) { return }
            server.update { $0.set(records, namespace: service.namespace, name: service.name) }
        }
        informers.informer(.endpointSlices).addHandler { old, new in
            if let old, let name = service(of: old), name != new.flatMap(service(of:)) {
                server.update { $0.set(nil, named: old.name, namespace: old.namespace, name: name) }
            }
            guard let new, let name = service(of: new) else { return }
            let records = SliceRecords(new)
            server.update { $0.set(records, named: new.name, namespace: new.namespace, name: name) }
        }
        informers.informer(.pods).addHandler { old, new in
            guard let pod = new ?? old else { return }
            let (before, after) = (addresses(old), addresses(new))
            if before == after { return }
            server.update { $0.replacePod(namespace: pod.namespace, before, with: after) }
        }
    }

    private static func service(of slice: Object) -> String? { slice.label("kubernetes.io/service-name") }

    /// None for a pod that has ended: its address may be another's by now.
    private static func addresses(_ pod: Object?) -> [NetworkAddress] {
        guard let status = pod?["status"], !["Succeeded", "Failed"].contains(status["phase"]?.string) else { return [] }
        let several = (status["podIPs"]?.array ?? []).compactMap { $0["ip"]?.string }
        let single = status["podIP"]?.string.map { [$0] } ?? []
        return (several.isEmpty ? single : several).compactMap { NetworkAddress($0) }
    }
}
