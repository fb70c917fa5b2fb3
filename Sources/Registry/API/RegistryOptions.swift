package import Objects

/// What the daemon's flags and the tests decide.
package struct RegistryOptions: Sendable {
    /// The time of creation and deletion timestamps.
    package var clock: @Sendable () -> Timestamp
    /// The source of UIDs and name suffixes; a simulation puts a seeded one here.
    package var random: @Sendable () -> UInt64
    /// Cluster IPs come from here; `--service-cidr`.
    package var serviceCIDR: String
    /// The class of claims without one; empty: only the annotation of a storage class decides.
    package var defaultStorageClass: String
    /// How long an Event lives.
    package var eventSeconds: Int64

    /// The address of the Service `default/kubernetes`: the first of the range.
    package var apiServiceAddress: String? { ServiceRange(serviceCIDR).map { ServiceRange.text($0.address(0)) } }

    package init(
        clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        serviceCIDR: String = "10.96.0.0/16", defaultStorageClass: String = "", eventSeconds: Int64 = 3600
    ) {
        self.clock = clock
        self.random = random
        self.serviceCIDR = serviceCIDR
        self.defaultStorageClass = defaultStorageClass
        self.eventSeconds = eventSeconds
    }
}
