internal import Store

/// Every method that is served, by its path.
struct Router: Sendable {
    let methods: [String: Method]

    init(engine: any Engine, identity: Identity, guardian: WriteGuard, facts: @escaping @Sendable () -> StorageFacts) {
        let replies = KVReplies(identity: identity)
        let services: [String: [String: Method]] = [
            "etcdserverpb.KV": KVService(engine: engine, replies: replies, guardian: guardian).methods,
            "etcdserverpb.Watch": [
                "Watch": .streaming(WatchCall.self) { WatchStream(engine: engine, replies: replies, stream: $0) }
            ],
            "etcdserverpb.Lease": LeaseService(engine: engine, replies: replies).methods,
            "etcdserverpb.Cluster": ClusterService(engine: engine, replies: replies).methods,
            "etcdserverpb.Maintenance":
                MaintenanceService(engine: engine, replies: replies, facts: facts).methods,
            "etcdserverpb.Auth": AuthService(engine: engine, replies: replies).methods,
            "v3lockpb.Lock": LockService(engine: engine, replies: replies).methods,
            "v3electionpb.Election": ElectionService(engine: engine, replies: replies).methods,
        ]
        var methods: [String: Method] = [:]
        for (service, served) in services {
            for (name, method) in served { methods["/\(service)/\(name)"] = method }
        }
        for (name, method) in Self.health(of: Set(services.keys)) { methods["/grpc.health.v1.Health/\(name)"] = method }
        self.methods = methods
    }

    private static func health(of services: Set<String>) -> [String: Method] {
        [
            "Check": .immediate(HealthCheckCall.self) { (call) throws(GRPCStatus) in
                guard call.service.isEmpty || services.contains(call.service) else {
                    throw GRPCStatus(.notFound, "unknown service")
                }
                return HealthCheckReply(.serving)
            },
            // Serving for as long as the stream lasts: the process ends with its store.
            "Watch": .task(HealthCheckCall.self) { (call, stream) throws(GRPCStatus) in
                let isKnown = call.service.isEmpty || services.contains(call.service)
                stream.send(HealthCheckReply(isKnown ? .serving : .serviceUnknown))
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            },
        ]
    }
}
