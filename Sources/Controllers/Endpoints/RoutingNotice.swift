package import Objects
import Registry

/// Who makes a Service with a cluster IP expects it to be routed, as in a cluster with kube-proxy. This machine does not,
/// unless somebody else's proxy does, and an Event says so once. Pure.
package enum RoutingNotice {
    package static let reason = "ClusterIPNotRouted"
    /// A Service that is older was there before the daemon was, and was spoken of then.
    private static let seconds: Int64 = 60

    /// nil: there is nothing to say.
    package static func message(_ service: Object, now: Timestamp) -> String? {
        let isOwn = service.namespace == "default" && service.name == "kubernetes"
        guard !isOwn, let address = service["spec", "clusterIP"]?.string, !address.isEmpty, address != "None",
            let made = Timestamp(rfc3339: service.creationTimestamp), now.seconds - made.seconds < seconds
        else { return nil }
        return "berthd does not route the cluster IP \(address): unless a proxy on this machine does, use the "
            + "endpoints' addresses or a headless Service (clusterIP: None)"
    }
}
